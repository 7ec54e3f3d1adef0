import { createHash } from "node:crypto";
import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { Breather } from "../../core/turn.ts";
import { MAX_FILE_BYTES } from "../../files/bounds.ts";
import { readBytes } from "../../files/file.ts";
import { type Place, placeInside, placeNamed, type Stamp, stampOf } from "../../files/place.ts";
import { harmlessGit } from "../git/harmless-git.ts";

/** The commit and branch that a run was started from; `branch` is null when none is checked out, and the whole is null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean; readonly branch: string | null } | null;

const MAX_GIT_MS = 5_000;

/** Reads the git state of a folder without running anything that the repository names; null when git fails for any reason. */
export async function gitState(folder = "."): Promise<GitState> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await harmlessGit(args, { cwd: folder, timeoutMs: MAX_GIT_MS })).toString();
  try {
    const [commit, branch, staged, top, listing] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("symbolic-ref", "--quiet", "--short", "HEAD").catch(() => ""),
      git("diff-index", "--cached", "--ignore-submodules", "--name-only", "HEAD"),
      git("rev-parse", "--show-toplevel"),
      git("ls-files", "-v", "--stage", "--debug", "--full-name", "-z", ":/"),
    ]);
    const dirty = staged !== "" || (await anyDiffers(placeNamed(top.trimEnd()), entriesOf(listing)));
    return { commit: commit.trim(), dirty, branch: branch.trim() || branchInCi() };
  } catch {
    return null;
  }
}

/** A tracked file as the index remembers it; without times where git does not say them. */
type Entry = { readonly tag: string; readonly mode: string; readonly blob: string; readonly path: string; readonly seen: Seen | null };
type Seen = { readonly changedNs: bigint; readonly modifiedNs: bigint; readonly sizeBytes: number };

const ENTRY =
  /([A-Za-z?]) (\d{6}) ([0-9a-f]{40,64}) \d\t([^\0]+)\0(?: {2}ctime: (\d+):(\d+)\n {2}mtime: (\d+):(\d+)\n {2}dev: [^\n]*\n {2}uid: [^\n]*\n {2}size: (\d+)[^\n]*\n)?/gy;

/** Reads `git ls-files -v --stage --debug -z`; throws when it is written in another way. */
function entriesOf(listing: string): readonly Entry[] {
  let end = 0;
  const entries = [...listing.matchAll(ENTRY)].map((found) => {
    end = found.index + found[0].length;
    const [, tag = "", mode = "", blob = "", path = "", changed, changedRest, modified, modifiedRest, size] = found;
    const seen =
      size === undefined
        ? null
        : { changedNs: nanoseconds(changed, changedRest), modifiedNs: nanoseconds(modified, modifiedRest), sizeBytes: Number(size) };
    return { tag, mode, blob, path, seen };
  });
  if (end !== listing.length) throw new Error("Cannot read the index: git lists it in an unknown way");
  return entries;
}

function nanoseconds(seconds = "0", rest = "0"): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

// A checkout that was copied has other times than its index says in every file. Reading so much takes about a second.
const MAX_COMPARED_BYTES = 512 * 1024 * 1024;
const SUBMODULE = "160000";
const LINK = "120000";
// How git marks a file that it finds in the working tree; others are unmerged, or left out of it on purpose.
const TRACKED = "H";
const UNMERGED = "M";

// Git itself compares the content of a file when its time is that of the index or another than in it, and does so through filters that the repository configures. Here only
// what git remembers of a file and, where that differs, the file's own content are compared: a file that a filter changes counts as changed when its time is another. So does
// a file that is too large or too many to be compared, and whatever is not a plain file any more.
async function anyDiffers(top: Place, entries: readonly Entry[]): Promise<boolean> {
  let bytesLeft = MAX_COMPARED_BYTES;
  const breather = new Breather();
  for (const entry of entries) {
    await breather.due();
    const place = placeInside(top, entry.path);
    const look = lookAt(place, entry);
    if (look === "changed") return true;
    if (look === "same") continue;
    const bytes = bytesOf(place);
    if (bytes === null || bytes.length > bytesLeft || blobOf(bytes, entry.blob) !== entry.blob) return true;
    bytesLeft -= bytes.length;
  }
  return false;
}

function lookAt(place: Place, { tag, mode, seen }: Entry): "same" | "changed" | "unknown" {
  if (tag === UNMERGED) return "changed";
  if (tag !== TRACKED || mode === SUBMODULE) return "same";
  const found = stampOf(place);
  if (found?.kind !== (mode === LINK ? "link" : "file")) return "changed";
  if (seen !== null && isAsSeen(seen, found)) return "same";
  return mode === LINK ? "changed" : "unknown";
}

function blobOf(bytes: Buffer, like: string): string {
  const algorithm = like.length === 64 ? "sha256" : "sha1";
  return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

const SIZES = 2 ** 32;

// The index keeps the lower half of a size.
function isAsSeen(seen: Seen, found: Stamp): boolean {
  return seen.sizeBytes === found.sizeBytes % SIZES && seen.modifiedNs === found.modifiedNs && seen.changedNs === found.changedNs;
}

function bytesOf(place: Place): Buffer | null {
  try {
    return readBytes(place, MAX_FILE_BYTES);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

// Continuous integration checks out a commit without a branch and names the branch in the environment.
function branchInCi(): string | null {
  return (
    environmentVariable("GITHUB_HEAD_REF") || environmentVariable("GITHUB_REF_NAME") || environmentVariable("CI_COMMIT_REF_NAME") || null
  );
}
