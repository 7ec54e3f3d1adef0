import { InfraError, UserError } from "../../core/errors.ts";
import { type OpenSandbox, type SandboxSpec, WORKSPACE } from "../../core/sandbox.ts";

const LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
// What old versions of gVisor fail at.
const EVERYDAY = "stat / && ls -l /";

/** Tries a runtime that the user asked for and tells what trials under it will suffer from; throws UserError when no sandbox opens under it. */
export async function noticesOfRuntime(openSandbox: OpenSandbox, spec: Pick<SandboxSpec, "image" | "runtime">): Promise<readonly string[]> {
  try {
    const sandbox = await openSandbox({ ...spec, limits: LIMITS, labels: { "bench.run": "look" } }, new AbortController().signal);
    try {
      const { exit } = await sandbox.run({ command: EVERYDAY, cwd: WORKSPACE, env: {}, timeoutMs: 20_000, maxOutputBytes: 0 });
      if (exit.kind === "exited" && exit.code === 0) return [];
      return [
        `Runtime ${spec.runtime}: the programs stat and ls fail under it, and with them every solution and test that uses them; a newer version may do better.`,
      ];
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}
