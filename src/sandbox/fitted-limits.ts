import { availableParallelism, totalmem } from "node:os";
import { printable } from "../core/printable.ts";
import type { SandboxLimits, Task } from "../core/task.ts";

/** What the machine that sandboxes run on has in all, whatever is free of it. */
export type MachineSize = { readonly cpus: number; readonly memoryMb: number };

/** What one sandbox may take of the memory: with all of it, the kernel would end programs of the machine before those of the sandbox. */
const USABLE_MEMORY_SHARE = 0.9;
/** As many as a small machine can number; more would let one sandbox keep all others from starting anything. */
const MAX_PIDS = 32_768;
const MAX_NAMED_TASKS = 5;
/** The names that task.yaml has for the limits. */
const NAMES = { memoryMb: "memory_mb", cpus: "cpus", pids: "pids", workspaceMb: "workspace_mb", tmpMb: "tmp_mb" } as const;

/** Measures this machine, for sandboxes that are its own processes. */
export function hostSize(): MachineSize {
  // In a container, the memory that it may use; without a limit that is a number beyond all memory.
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return { cpus: availableParallelism(), memoryMb: Math.floor(bytes / 1024 / 1024) };
}

/**
 * Reduces limits to what a machine can give: a task from elsewhere may ask for more, by mistake or to use up the machine. What is within it stays as it is. The two
 * folders are kept in memory, which both together must not fill where they are not part of the sandbox's own limit.
 */
export function fitLimits(asked: SandboxLimits, machine: MachineSize): SandboxLimits {
  const memoryMb = Math.floor(machine.memoryMb * USABLE_MEMORY_SHARE);
  const folderMb = Math.floor(memoryMb / 2);
  return {
    memoryMb: Math.min(asked.memoryMb, memoryMb),
    cpus: Math.min(asked.cpus, machine.cpus),
    pids: Math.min(asked.pids, MAX_PIDS),
    workspaceMb: Math.min(asked.workspaceMb, folderMb),
    tmpMb: Math.min(asked.tmpMb, folderMb),
  };
}

/** Says which tasks ask for more than a machine can give, with what they get instead: a line for each of the first, and one for how many others there are. */
export function limitNotices(tasks: readonly Pick<Task, "id" | "sandbox">[], machine: MachineSize): readonly string[] {
  const lines = tasks.flatMap(({ id, sandbox }) => {
    const given = fitLimits(sandbox, machine);
    const keys = Object.keys(NAMES) as (keyof SandboxLimits)[];
    const changes = keys
      .filter((key) => given[key] !== sandbox[key])
      .map((key) => `${NAMES[key]} ${given[key]} instead of ${sandbox[key]}`);
    return changes.length === 0 ? [] : [`Task ${printable(id)} asks for more than its machine can give; it gets ${changes.join(", ")}.`];
  });
  const others = lines.length - MAX_NAMED_TASKS;
  return others > 0 ? [...lines.slice(0, MAX_NAMED_TASKS), `${others} more tasks ask for more than their machine can give.`] : lines;
}
