/** One commit, as its object says; `parents` are hashes, `day` is that of its committer in UTC (2026-01-31), and `message` is decoded as UTF-8. */
export type Commit = { readonly hash: string; readonly parents: readonly string[]; readonly day: string; readonly message: string };

/** A file that a commit adds, changes or deletes; a renamed file is one that is deleted and one that is added. */
export type Change = { readonly path: string; readonly kind: "added" | "changed" | "deleted" };

/** A plain file in the tree of a commit. */
export type TreeFile = { readonly path: string; readonly blob: string; readonly bytes: number; readonly executable: boolean };

/** What the tree of a commit holds: its plain files, and how many links and submodules, which a task cannot have. */
export type Tree = { readonly files: readonly TreeFile[]; readonly others: number };

/** An object as `git cat-file --batch` writes it; null where the repository lacks it. */
export type GitObject = { readonly hash: string; readonly bytes: Buffer };

const NEWLINE = 0x0a;
const HEADER = /^([0-9a-f]{40,64}) (?:blob|commit|tree|tag) (\d+)$/;

/** Reads the output of `git cat-file --batch`, in its order; an object that is missing is left out. Throws an Error when git writes it in another way. */
export function parseObjects(output: Buffer): readonly GitObject[] {
  const objects: GitObject[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(NEWLINE, start);
    const line = output.toString("latin1", start, end);
    start = end + 1;
    if (line.endsWith(" missing")) continue;
    const [, hash = "", size] = HEADER.exec(line) ?? [];
    if (size === undefined) throw new Error(`Cannot read objects: git writes "${line.slice(0, 100)}", which is unknown`);
    objects.push({ hash, bytes: output.subarray(start, start + Number(size)) });
    start += Number(size) + 1;
  }
  return objects;
}

// The year 9999.
const MAX_SECONDS = 253_402_300_799;

/** Reads a commit object. */
export function parseCommit({ hash, bytes }: GitObject): Commit {
  const text = new TextDecoder().decode(bytes);
  const end = text.indexOf("\n\n");
  const head = end === -1 ? text : text.slice(0, end);
  const parents = head.split("\n").flatMap((line) => (line.startsWith("parent ") ? [line.slice("parent ".length)] : []));
  const seconds = Math.min(MAX_SECONDS, Number(/^committer .* (\d{1,12}) [+-]\d{4}$/m.exec(head)?.[1] ?? 0));
  const day = new Date(seconds * 1000).toISOString().slice(0, "2026-01-31".length);
  return { hash, parents, day, message: end === -1 ? "" : text.slice(end + 2).trim() };
}

const KINDS: Readonly<Record<string, Change["kind"]>> = { A: "added", M: "changed", T: "changed", D: "deleted" };

/** Reads `git diff-tree -r -z --name-status --no-renames`. */
export function parseChanges(output: Buffer): readonly Change[] {
  const parts = output.toString().split("\0");
  const changes: Change[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const kind = KINDS[parts[index] ?? ""];
    if (kind !== undefined) changes.push({ path: parts[index + 1] ?? "", kind });
  }
  return changes;
}

const ENTRY = /^(\d{6}) ([a-z]+) ([0-9a-f]{40,64}) +(\d+|-)\t(.+)$/s;

/** Reads `git ls-tree -r -z --long`. */
export function parseTree(output: Buffer): Tree {
  const files: TreeFile[] = [];
  let others = 0;
  for (const line of output.toString().split("\0")) {
    if (line === "") continue;
    const [, mode = "", , blob = "", bytes = "", path = ""] = ENTRY.exec(line) ?? [];
    if (mode.startsWith("1006") || mode.startsWith("1007")) files.push({ path, blob, bytes: Number(bytes), executable: mode === "100755" });
    else others += 1;
  }
  return { files, others };
}

const HASH_DIGITS = 7;

/** Shortens a hash as people write it. */
export function shortHash(hash: string): string {
  return hash.slice(0, HASH_DIGITS);
}

/** Returns the first line of a commit's message. */
export function subjectOf({ message }: Commit): string {
  return message.split("\n")[0]?.trim() ?? "";
}
