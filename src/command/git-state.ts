import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The commit that a run was started from; null outside a repository. */
export type GitState = { readonly commit: string; readonly dirty: boolean } | null;

/** Asks git for the state of the current folder. Anything that goes wrong means that there is none. */
export async function gitState(): Promise<GitState> {
  const git = (...args: readonly string[]): Promise<{ stdout: string }> => promisify(execFile)("git", args, { timeout: 5_000 });
  try {
    const [commit, status] = await Promise.all([git("rev-parse", "HEAD"), git("status", "--porcelain", "--untracked-files=no")]);
    return { commit: commit.stdout.trim(), dirty: status.stdout.trim() !== "" };
  } catch {
    return null;
  }
}
