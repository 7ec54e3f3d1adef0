import { delimiter, isAbsolute } from "node:path";

/** Reads an environment variable; an empty one counts as not set. No other file reads process.env. */
export function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

/**
 * Returns the environment variables whose names pass, for a child process: what a child does not need, such as the keys of models, must not reach it. Of
 * PATH only absolute folders are kept, so that a program is never taken from the current folder, which may be a stranger's.
 */
export function environmentFor(isNeeded: (name: string) => boolean): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).flatMap(([name, value]) => (value !== undefined && isNeeded(name) ? [[name, value]] : []));
  const { PATH, ...others } = Object.fromEntries(entries) as Readonly<Record<string, string>>;
  return PATH === undefined ? others : { ...others, PATH: PATH.split(delimiter).filter(isAbsolute).join(delimiter) };
}
