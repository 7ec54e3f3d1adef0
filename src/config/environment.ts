/** Reads an environment variable; an empty one counts as not set. No other file reads process.env. */
export function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
