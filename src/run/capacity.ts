import type { SandboxLimits } from "../core/task.ts";

/** What a machine has to give: processors, memory that is free, and how many processes want a processor already. */
export type Machine = { readonly cpus: number; readonly freeMb: number; readonly load: number };

/** How many agents are at work at once, and how many test runs. */
export type Capacity = { readonly concurrency: number; readonly grading: number };

/** An agent waits for its model most of the time; a test run has its processor to itself, or its time-outs would tell of the machine. */
const AGENTS_PER_CPU = 4;
const MAX_AGENTS = 64;
/** What is left to us on a machine that is busy, however busy. */
const MIN_IDLE_SHARE = 0.25;
const USABLE_MEMORY_SHARE = 0.8;
/** Sandboxes seldom use the memory that they may: so much of it is counted. */
const USED_MEMORY_SHARE = 0.5;

/** Chooses how much may be under way at once on a machine, for sandboxes of the given limits, where nobody has said. */
export function capacityOf({ cpus, freeMb, load }: Machine, sandbox: Pick<SandboxLimits, "cpus" | "memoryMb">): Capacity {
  const idleCpus = cpus * Math.min(1, Math.max(MIN_IDLE_SHARE, 1 - load / cpus));
  const sandboxes = Math.floor((freeMb * USABLE_MEMORY_SHARE) / (sandbox.memoryMb * USED_MEMORY_SHARE));
  const grading = Math.max(1, Math.min(Math.round(idleCpus / Math.max(1, sandbox.cpus)), Math.floor(sandboxes / 2)));
  const agents = Math.min(Math.round(idleCpus * AGENTS_PER_CPU), sandboxes - grading, MAX_AGENTS);
  return { concurrency: Math.max(1, agents), grading };
}
