import { readFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import type { SandboxLimits, Task } from "../../core/task.ts";
import type { GrowingCapacity } from "../../run/growing-capacity.ts";
import { fitLimits, hostSize } from "../../sandbox/fitted-limits.ts";

/** What a machine has: processors, free memory, and its load (processes that want a processor). */
export type Machine = { readonly cpus: number; readonly freeMb: number; readonly load: number };

/** How many agents and how many test runs there are at a time. */
export type Capacity = { readonly concurrency: number; readonly grading: number };

/** An agent waits for its model most of the time; a test run gets a processor of its own, or its timeouts would depend on the machine. */
const AGENTS_PER_CPU = 4;
const MAX_AGENTS = 64;
/** The share of processors that is used on a busy machine, however busy it is. */
const MIN_IDLE_SHARE = 0.25;
const USABLE_MEMORY_SHARE = 0.8;
/** Sandboxes seldom use all the memory they may: this share of it is counted. */
const USED_MEMORY_SHARE = 0.5;

type ConcurrencyFlags = { readonly concurrency?: number; readonly grading?: number };

/** Returns how many agents and gradings run at a time: as the flags say, or as many as this machine has capacity for. */
export function concurrencyOf({ concurrency, grading }: ConcurrencyFlags, tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const here = capacityHere(tasks);
  return { concurrency: concurrency ?? here.concurrency, grading: grading ?? here.grading };
}

/** Computes what this machine has capacity for at the moment, by the largest limits of the tasks, as far as this machine has as much. */
export function capacityHere(tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  return capacityFor(machineHere(), tasks);
}

function capacityFor(machine: Machine, tasks: readonly Pick<Task, "sandbox">[]): Capacity {
  const host = hostSize();
  const given = tasks.map(({ sandbox }) => fitLimits(sandbox, host));
  // Not by spreading into Math.max, which fails on many thousands of tasks.
  const largest = (limit: "cpus" | "memoryMb"): number => given.reduce((most, limits) => Math.max(most, limits[limit]), 1);
  return capacityOf(machine, { cpus: largest("cpus"), memoryMb: largest("memoryMb") });
}

const LOOK_EVERY_MS = 10_000;

/** What is looked at to see whether the machine has got free. */
export type CapacityWatch = {
  readonly flags: ConcurrencyFlags;
  readonly tasks: readonly Pick<Task, "sandbox">[];
  /** Measures the machine; the work of the run itself is part of its load. */
  readonly measure?: () => Machine;
  readonly everyMs?: number;
};

/** Lets a run grow into what other processes of the machine leave free, when they do so for two looks in turn; numbers that flags set stay. Returns what ends that. */
export function followLoad(
  capacity: GrowingCapacity,
  { flags, tasks, measure = machineHere, everyMs = LOOK_EVERY_MS }: CapacityWatch,
): () => void {
  let before = capacity.now;
  const look = (): void => {
    const machine = measure();
    // The test runs that there may be now are assumed to be running, and to be no one else's.
    const load = Math.max(0, machine.load - capacity.now.gradings);
    const { concurrency, grading } = capacityFor({ ...machine, load }, tasks);
    const found = { agents: flags.concurrency ?? concurrency, gradings: flags.grading ?? grading };
    capacity.growTo({ agents: Math.min(before.agents, found.agents), gradings: Math.min(before.gradings, found.gradings) });
    before = found;
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return () => clearInterval(timer);
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

/**
 * Chooses how many agents and test runs a machine has room for, in sandboxes of the given limits; flags can override it.
 *
 * @internal
 */
export function capacityOf({ cpus, freeMb, load }: Machine, sandbox: Pick<SandboxLimits, "cpus" | "memoryMb">): Capacity {
  const idleCpus = cpus * Math.min(1, Math.max(MIN_IDLE_SHARE, 1 - load / cpus));
  const sandboxes = Math.floor((freeMb * USABLE_MEMORY_SHARE) / (sandbox.memoryMb * USED_MEMORY_SHARE));
  const grading = Math.max(1, Math.min(Math.round(idleCpus / Math.max(1, sandbox.cpus)), Math.floor(sandboxes / 2)));
  const agents = Math.min(Math.round(idleCpus * AGENTS_PER_CPU), sandboxes - grading, MAX_AGENTS);
  return { concurrency: Math.max(1, agents), grading };
}
