import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { environmentFor, environmentVariable } from "../../config/environment.ts";
import { readBytes } from "../../files/file.ts";

/** The commit and branch that a run was started from; `branch` is null when none is checked out, and the whole is null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean; readonly branch: string | null } | null;

// A checkout may come from a stranger, and git runs programs that its configuration names. What could be run is switched off here, and only plumbing is used that
// compares neither through filters nor by asking another repository. Command-line settings take precedence over those of the checkout.
const HARMLESS = [
  "--no-optional-locks",
  ...[
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
  ].flatMap((setting) => ["-c", setting]),
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
    const dirty = staged !== "" || changedFiles(changed).some((file) => differs(`${top.trimEnd()}/${file.path}`, file.blob));
    return { commit: commit.trim(), dirty, branch: branch.trim() || branchInCi() };
  } catch {
    return null;
  }
}

// The keys of models must not reach another program; git needs the path to itself and the user's own settings.
const NEEDED_BY_GIT = new Set(["PATH", "HOME", "USERPROFILE", "SYSTEMROOT"]);

function gitEnvironment(): Readonly<Record<string, string>> {
  const inherited = environmentFor((name) => NEEDED_BY_GIT.has(name));
  return { ...inherited, GIT_NO_LAZY_FETCH: "1", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

type ChangedFile = { readonly path: string; readonly blob: string };

/** Reads `git diff-files --raw -z`: files whose size or time is not the one in the index, each with the blob in the index. */
function changedFiles(raw: string): readonly ChangedFile[] {
  const fields = raw.split("\0");
  return fields.flatMap((field, index) =>
    field.startsWith(":") ? [{ path: fields[index + 1] ?? "", blob: field.split(" ")[2] ?? "" }] : [],
  );
}

// Git would compare the content through filters that the repository configures; a file that one of them changes counts as changed only when its time is another, too.
function differs(path: string, blob: string): boolean {
  try {
    const bytes = readBytes(path);
    const algorithm = blob.length === 64 ? "sha256" : "sha1";
    return createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest("hex") !== blob;
  } catch {
    return true;
  }
}

// Continuous integration checks out a commit without a branch and names the branch in the environment.
function branchInCi(): string | null {
  return (
    environmentVariable("GITHUB_HEAD_REF") || environmentVariable("GITHUB_REF_NAME") || environmentVariable("CI_COMMIT_REF_NAME") || null
  );
}
