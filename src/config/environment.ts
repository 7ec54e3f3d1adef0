/** Reads a variable of the environment; an empty one counts as not set. The only door to process.env. */
export function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}
