const FIRST = "diff --git a/";
const BETWEEN = " b/";

/** Lists the paths of the files that a patch in git's format adds, changes, renames or deletes, in its order. A path that git writes in quotes is left out. */
export function patchPaths(patch: string): readonly string[] {
  const paths = new Set<string>();
  for (const line of patch.split("\n")) {
    const text = line.trimEnd();
    if (/^(?:---|\+\+\+) [ab]\//.test(text)) paths.add(text.slice("--- a/".length).split("\t")[0] ?? "");
    if (/^rename (?:from|to) [^"]/.test(text)) paths.add(text.replace(/^rename (?:from|to) /, ""));
    // Files without lines, and binary ones, stand only in the first line of their part, which names both sides.
    if (text.startsWith(FIRST)) {
      const both = text.slice(FIRST.length);
      const length = (both.length - BETWEEN.length) / 2;
      if (both === `${both.slice(0, length)}${BETWEEN}${both.slice(0, length)}`) paths.add(both.slice(0, length));
    }
  }
  return [...paths];
}
