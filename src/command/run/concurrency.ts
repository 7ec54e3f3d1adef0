import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import type { Task } from "../../core/task.ts";
import { type Capacity, capacityOf, type Machine } from "../../run/capacity.ts";

type PaceFlags = { readonly concurrency?: number; readonly grading?: number };

/** How much of a run is under way at once: what the flags say, or else what this machine has room for. */
export function concurrencyOf({ concurrency, grading }: PaceFlags, tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const usual = capacityHere(tasks);
  return { concurrency: concurrency ?? usual.concurrency, grading: grading ?? usual.grading };
}

/** What this machine has room for at this moment, by the largest limits of the tasks. */
export function capacityHere(tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const largest = (limit: "cpus" | "memoryMb"): number => Math.max(1, ...tasks.map(({ sandbox }) => sandbox[limit]));
  return capacityOf(machineHere(), { cpus: largest("cpus"), memoryMb: largest("memoryMb") });
}

/** This machine as it is now. */
export function machineHere(): Machine {
  return { cpus: availableParallelism(), freeMb: process.availableMemory() / 1024 / 1024, load: loadNow() };
}

// The mean over a minute still counts what has just ended, such as an installation; what runs at this moment may be chance. Both must say that the machine is busy.
function loadNow(): number {
  const [minute = 0] = loadavg();
  try {
    const running = Number(/ (\d+)\/\d+ /.exec(readFileSync("/proc/loadavg", "utf8"))?.[1]);
    return Math.min(minute, running - 1);
  } catch {
    return minute;
  }
}
