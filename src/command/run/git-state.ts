import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { environmentFor, environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { MAX_FILE_BYTES } from "../../files/bounds.ts";
import { readBytes } from "../../files/file.ts";
import { type Place, placeInside, placeNamed } from "../../files/place.ts";

/** The commit and branch that a run was started from; `branch` is null when none is checked out, and the whole is null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean; readonly branch: string | null } | null;

// A checkout may come from a stranger, and git runs programs that its configuration names. What could be run is switched off here, and only plumbing is used that
// compares neither through filters nor by asking another repository. Command-line settings take precedence over those of the checkout.
const HARMLESS = [
  "--no-optional-locks",
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "safe.bareRepository=explicit"].flatMap((setting) => [
    "-c",
    setting,
  ]),
];

/** Reads the git state of a folder without running anything that the repository names; null when git fails for any reason. */
export async function gitState(folder = "."): Promise<GitState> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)("git", [...HARMLESS, ...args], { cwd: folder, timeout: 5_000, env: gitEnvironment() });
    return stdout;
  };
  try {
    const [commit, branch, staged, top, changed] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("symbolic-ref", "--quiet", "--short", "HEAD").catch(() => ""),
      git("diff-index", "--cached", "--ignore-submodules", "--name-only", "HEAD"),
      git("rev-parse", "--show-toplevel"),
      git("diff-files", "--ignore-submodules", "--raw", "-z", "--no-abbrev"),
    ]);
    const dirty = staged !== "" || (await anyDiffers(placeNamed(top.trimEnd()), changedFiles(changed)));
    return { commit: commit.trim(), dirty, branch: branch.trim() || branchInCi() };
  } catch {
    return null;
  }
}

// The keys of models must not reach another program; git needs the path to itself and the user's own settings.
const NEEDED_BY_GIT = new Set(["PATH", "HOME", "USERPROFILE", "SYSTEMROOT"]);

function gitEnvironment(): Readonly<Record<string, string>> {
  const inherited = environmentFor((name) => NEEDED_BY_GIT.has(name));
  // git before 2.45 knows no GIT_NO_LAZY_FETCH. An empty list of protocols also takes precedence over a protocol.ext.allow of the checkout; protocol.allow=never does not.
  return { ...inherited, GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

type ChangedFile = { readonly path: string; readonly blob: string };

/** Reads `git diff-files --raw -z`: files whose size or time is not the one in the index, each with the blob in the index. */
function changedFiles(raw: string): readonly ChangedFile[] {
  const fields = raw.split("\0");
  return fields.flatMap((field, index) =>
    field.startsWith(":") ? [{ path: fields[index + 1] ?? "", blob: field.split(" ")[2] ?? "" }] : [],
  );
}

// A checkout that was copied has other times than its index says in every file. Reading so much takes about a second.
const MAX_COMPARED_BYTES = 512 * 1024 * 1024;

// Git would compare the content through filters that the repository configures; a file that one of them changes counts as changed only when its time is another, too.
// So does a file that is too large or too many to be compared here, and whatever is not a plain file any more.
async function anyDiffers(top: Place, files: readonly ChangedFile[]): Promise<boolean> {
  let bytesLeft = MAX_COMPARED_BYTES;
  for (const { path, blob } of files) {
    const bytes = bytesOf(top, path);
    if (bytes === null || bytes.length > bytesLeft) return true;
    bytesLeft -= bytes.length;
    const algorithm = blob.length === 64 ? "sha256" : "sha1";
    if (createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex") !== blob) return true;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return false;
}

function bytesOf(top: Place, path: string): Buffer | null {
  try {
    return readBytes(placeInside(top, path), MAX_FILE_BYTES);
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
