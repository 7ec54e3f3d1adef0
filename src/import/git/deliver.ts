import { type Language, testGlobs } from "./test-path.ts";

// Folders that hold several packages of one repository.
const SHARED_FOLDERS = new Set(["packages", "apps", "libs", "crates", "modules", "services", "plugins"]);

/** Makes the rule for what may be submitted: the folders of the files that the reference changes, and beside those at the top all of their kind, without tests. */
export function deliverOf(code: readonly string[], language: Language): readonly string[] {
  const globs = code.flatMap((path) => {
    const parts = path.split("/");
    if (parts.length === 1) {
      const ending = /\.[^.]+$/.exec(path)?.[0];
      return ending === undefined ? [escapedGlob(path)] : [escapedGlob(path), `*${ending}`];
    }
    const depth = SHARED_FOLDERS.has(parts[0] ?? "") && parts.length > 2 ? 2 : 1;
    return [`${escapedGlob(parts.slice(0, depth).join("/"))}/**`];
  });
  return [...new Set(globs), ...testGlobs(language).map((glob) => `!**/${glob}`)];
}

/** Writes a path as a glob. A glob has no escapes: a sign of its own stands for any character. */
export function escapedGlob(path: string): string {
  return path.replace(/[*?{}!]/g, "?");
}
