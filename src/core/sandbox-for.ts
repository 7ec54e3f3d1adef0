import type { SandboxRequest } from "./sandbox.ts";
import type { Task } from "./task.ts";

/** Describes a sandbox with the limits and the image of a task, whose workspace holds the task's from the start where that is a large tree. */
export function sandboxFor(
  { image, sandbox, files }: Pick<Task, "image" | "sandbox" | "files">,
  purpose: SandboxRequest["purpose"],
): SandboxRequest {
  const tree = files.tree?.();
  return { image, limits: sandbox, purpose, ...(tree === undefined ? {} : { tree }) };
}
