import { createHash } from "node:crypto";
import { digestedPlan } from "../core/digest.ts";
import type { SourceFile, Task } from "../core/task.ts";

/** The parts of a task that can change a result; files come one at a time, so that they need not all be in memory. */
export type DigestInputs = {
  readonly task: Omit<Task, "digest" | "files">;
  /** Every file with the set it belongs to: workspace, tests or reference. */
  readonly files: Iterable<{ readonly set: string; readonly file: SourceFile }>;
};

/** Computes the SHA-256 of an imported task's prompt, settings and files; the order of the files does not matter. */
export function taskDigest({ task, files }: DigestInputs): string {
  const lines: string[] = [];
  for (const { set, file } of files) lines.push(JSON.stringify([set, file.path, file.executable, sha256(file.bytes)]));
  const { prompt, image, sandbox, deliver, contextFiles, tests, machine, state, agentSeconds, mcpServers } = task;
  const settings = [
    prompt,
    image,
    [sandbox.memoryMb, sandbox.cpus, sandbox.pids, sandbox.workspaceMb, sandbox.tmpMb],
    [deliver.include, deliver.exclude],
    contextFiles,
    planValues(tests),
    // Absent for tasks with a workspace, whose digests are older.
    ...(machine === undefined ? [] : [machine]),
    ...(state === undefined ? [] : [state]),
    ...(agentSeconds === undefined ? [] : [{ agentSeconds }]),
    ...(mcpServers === undefined ? [] : [{ mcpServers }]),
  ];
  return sha256([JSON.stringify(settings), ...lines.sort()].join("\n"));
}

// The first version listed seven values; what came later follows them where it is set.
function planValues(tests: Task["tests"]): readonly unknown[] {
  const { runner, files, required, timeoutSeconds, placement, jestGlobals, boundary, ...later } = digestedPlan(tests);
  const first = [runner, files, required, timeoutSeconds, placement, jestGlobals, boundary];
  return Object.keys(later).length === 0 ? first : [...first, later];
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
