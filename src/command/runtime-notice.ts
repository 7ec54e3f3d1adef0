import { InfraError, UserError } from "../core/errors.ts";
import { type OpenSandbox, type SandboxSpec, WORKSPACE } from "../core/sandbox.ts";

type Check = { readonly command: string; readonly isWellAt: "success" | "failure"; readonly notice: string };

const LIMITS = { memoryMb: 256, cpus: 1, pids: 32, workspaceMb: 8, tmpMb: 8 };

const CHECKS: readonly Check[] = [
  {
    command: "stat / && ls -l /",
    isWellAt: "success",
    notice: "the programs stat and ls fail under it, and with them every solution and test that uses them",
  },
  {
    command: "python3 -c 'import os; os.open(\"/proc/1/fd/1\", os.O_WRONLY | os.O_NONBLOCK)'",
    isWellAt: "failure",
    notice: "what runs in a sandbox can reach the harness's own channel, so that hostile code could forge its results",
  },
];

/** Tries a runtime that the user asked for and tells what trials under it will suffer from; throws UserError when no sandbox opens under it. */
export async function noticesOfRuntime(openSandbox: OpenSandbox, spec: Pick<SandboxSpec, "image" | "runtime">): Promise<readonly string[]> {
  try {
    const box = await openSandbox({ ...spec, limits: LIMITS, labels: { "bench.run": "look" } }, new AbortController().signal);
    try {
      const found: string[] = [];
      for (const { command, isWellAt, notice } of CHECKS) {
        const { exit } = await box.run({ command, cwd: WORKSPACE, env: {}, timeoutMs: 20_000, maxOutputBytes: 0 });
        const isGood = exit.kind === "exited" && exit.code === 0;
        if (isGood !== (isWellAt === "success")) found.push(`Runtime ${spec.runtime}: ${notice}; a newer version may do better.`);
      }
      return found;
    } finally {
      await box.close();
    }
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}
