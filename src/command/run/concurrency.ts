import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import type { Task } from "../../core/task.ts";
import { type Capacity, capacityOf, type Machine } from "../../run/capacity.ts";

type ConcurrencyFlags = { readonly concurrency?: number; readonly grading?: number };

/** Returns how many agents and gradings run at a time: as the flags say, or as many as this machine has capacity for. */
export function concurrencyOf({ concurrency, grading }: ConcurrencyFlags, tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const here = capacityHere(tasks);
  return { concurrency: concurrency ?? here.concurrency, grading: grading ?? here.grading };
}

/** Computes what this machine has capacity for at the moment, by the largest limits of the tasks. */
export function capacityHere(tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const largest = (limit: "cpus" | "memoryMb"): number => Math.max(1, ...tasks.map(({ sandbox }) => sandbox[limit]));
  return capacityOf(machineHere(), { cpus: largest("cpus"), memoryMb: largest("memoryMb") });
}

/** Measures the processors, free memory and load of this machine. */
export function machineHere(): Machine {
  return { cpus: availableParallelism(), freeMb: process.availableMemory() / 1024 / 1024, load: loadNow() };
}

// The mean over a minute still counts work that has just ended, such as an installation, and the number of running processes may be high by chance. The machine is busy only if both are high.
function loadNow(): number {
  const [minute = 0] = loadavg();
  try {
    const running = Number(/ (\d+)\/\d+ /.exec(readFileSync("/proc/loadavg", "utf8"))?.[1]);
    return Math.min(minute, running - 1);
  } catch {
    return minute;
  }
}
