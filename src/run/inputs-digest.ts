import { createHash } from "node:crypto";
import type { SourceFile, Task } from "../core/task.ts";

/** SHA-256 over all that an agent is given of a task, and over what it may hand in: what a solution is a solution of, whatever tests it. */
export function inputsDigest(task: Task, workspace: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([task.prompt, task.deliver.include, task.deliver.exclude, task.contextFiles]));
  for (const { path, bytes, executable } of workspace) {
    hash.update(JSON.stringify([path, executable, bytes.length])).update(bytes);
  }
  return hash.digest("hex");
}
