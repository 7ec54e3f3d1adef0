import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { environmentVariable } from "../../config/environment.ts";

/** The commit and branch that a run was started from; `branch` is null when none is checked out, and the whole is null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean; readonly branch: string | null } | null;

/** Reads the git state of a folder; null when git fails for any reason. */
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

// Continuous integration checks out a commit without a branch and names the branch in the environment.
function branchInCi(): string | null {
  return (
    environmentVariable("GITHUB_HEAD_REF") || environmentVariable("GITHUB_REF_NAME") || environmentVariable("CI_COMMIT_REF_NAME") || null
  );
}
