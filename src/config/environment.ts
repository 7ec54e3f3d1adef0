import { homedir, userInfo } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

/** Reads an environment variable; an empty one counts as not set. No other file reads process.env. */
export function environmentVariable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

/**
 * Returns where this user's own files of a kind lie: in the folder that a variable of the XDG specification names, or else in `usual` below the home folder. Relative
 * folders, also an empty HOME, are ignored: they would be folders of whatever checkout one works in.
 */
export function ownFolder(variable: "XDG_CONFIG_HOME" | "XDG_CACHE_HOME", usual: string): string {
  const named = environmentVariable(variable);
  if (named !== undefined && isAbsolute(named)) return named;
  const home = homedir();
  return join(isAbsolute(home) ? home : userInfo().homedir, usual);
}

/**
 * Returns the environment variables whose names pass, for a child process: what a child does not need, such as the keys of models, must not reach it. Of
 * PATH only absolute folders are kept, so that a program is never taken from the current folder, which may be a stranger's, and HOME only where it is absolute.
 */
export function environmentFor(isNeeded: (name: string) => boolean): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && isNeeded(name) && (name !== "HOME" || isAbsolute(value)) ? [[name, value]] : [],
  );
  const { PATH, ...others } = Object.fromEntries(entries) as Readonly<Record<string, string>>;
  return PATH === undefined ? others : { ...others, PATH: PATH.split(delimiter).filter(isAbsolute).join(delimiter) };
}
