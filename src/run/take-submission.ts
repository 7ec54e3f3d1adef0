import { type Sandbox, SandboxLost, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";

// What an agent may leave behind for grading.
const BOUNDS = { maxFiles: 2_000, maxBytes: 64 * 1024 * 1024 };
const MAX_NOTES = 20;

/** Takes out of an agent's sandbox what crosses to grading. A sandbox that was lost has nothing to give: the task is graded as if nothing had been changed. */
export async function takeSubmission(
  sandbox: Sandbox,
  task: Task,
  note: (note: { readonly kind: string; readonly text: string }) => void,
): Promise<readonly SourceFile[]> {
  try {
    const { files, refused } = await sandbox.exportFiles({ root: WORKSPACE, rule: task.deliver, ...BOUNDS });
    for (const { path, reason } of refused.slice(0, MAX_NOTES)) note({ kind: "not-delivered", text: `${path}: ${reason}` });
    return files;
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    note({ kind: "sandbox-lost", text: error.message });
    return task.files.workspace();
  }
}
