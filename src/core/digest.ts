import { createHash } from "node:crypto";
import type { Task } from "./task.ts";

/** SHA-256 over the digests of a suite's tasks, whatever their order. */
export function suiteDigest(tasks: readonly Pick<Task, "id" | "digest">[]): string {
  const parts = tasks.map((task) => `${task.id}:${task.digest}`).sort();
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}
