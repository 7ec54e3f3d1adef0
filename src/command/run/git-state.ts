import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { environmentVariable } from "../../config/environment.ts";

/** The commit that a run was started from, and its branch where it is on one; null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean; readonly branch: string | null } | null;

/** Asks git for the state of a folder. Anything that goes wrong means that there is none. */
export async function gitState(folder = "."): Promise<GitState> {
  const git = (...args: readonly string[]): Promise<{ stdout: string }> =>
    promisify(execFile)("git", args, { cwd: folder, timeout: 5_000 });
  try {
    const [commit, status, branch] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no"),
      git("branch", "--show-current"),
    ]);
    return { commit: commit.stdout.trim(), dirty: status.stdout.trim() !== "", branch: branch.stdout.trim() || branchInCi() };
  } catch {
    return null;
  }
}

// Continuous integration checks out a commit without its branch, and names the branch in the environment.
function branchInCi(): string | null {
  return (
    environmentVariable("GITHUB_HEAD_REF") || environmentVariable("GITHUB_REF_NAME") || environmentVariable("CI_COMMIT_REF_NAME") || null
  );
}
