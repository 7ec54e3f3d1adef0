import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { capacityOf, followLoad, type Machine } from "../../../src/command/run/concurrency.ts";
import { DEFAULT_LIMITS } from "../../../src/core/task.ts";
import { GrowingCapacity, type Width } from "../../../src/run/growing-capacity.ts";

const SANDBOX = { cpus: 1, memoryMb: 1024 };

test.for([
  { title: "an idle machine of two", machine: { cpus: 2, freeMb: 24_000, load: 0 }, is: { concurrency: 8, grading: 2 } },
  { title: "an idle machine of eight", machine: { cpus: 8, freeMb: 64_000, load: 0 }, is: { concurrency: 32, grading: 8 } },
  { title: "a machine of which half is busy", machine: { cpus: 8, freeMb: 64_000, load: 4 }, is: { concurrency: 16, grading: 4 } },
  { title: "a machine that is more than busy", machine: { cpus: 8, freeMb: 64_000, load: 30 }, is: { concurrency: 8, grading: 2 } },
  { title: "a machine of many processors", machine: { cpus: 96, freeMb: 500_000, load: 0 }, is: { concurrency: 64, grading: 96 } },
  { title: "a machine of little memory", machine: { cpus: 8, freeMb: 8_000, load: 0 }, is: { concurrency: 6, grading: 6 } },
  { title: "a machine of hardly any memory", machine: { cpus: 2, freeMb: 500, load: 0 }, is: { concurrency: 1, grading: 1 } },
])("$title gets what it has room for", ({ machine, is }) => {
  expect(capacityOf(machine, SANDBOX)).toEqual(is);
});

test("tests that may use several processors are graded fewer at once", () => {
  expect(capacityOf({ cpus: 8, freeMb: 64_000, load: 0 }, { cpus: 4, memoryMb: 1024 }).grading).toBe(2);
});

describe("a run that starts while others use the machine", () => {
  const busy: Machine = { cpus: 8, freeMb: 64_000, load: 30 };
  const free: Machine = { ...busy, load: 2 };
  const tasks = [{ sandbox: { ...DEFAULT_LIMITS, cpus: 1, memoryMb: 1024 } }];

  /** Looks as often as there are loads, and gives what there may be at once after each look. */
  async function widths(machines: readonly Machine[], flags = {}): Promise<readonly Width[]> {
    const capacity = new GrowingCapacity({ agents: 8, gradings: 2 });
    const seen: Width[] = [];
    await new Promise<void>((resolve) => {
      const left = [...machines];
      const measure = (): Machine => {
        seen.push(capacity.now);
        const next = left.shift();
        if (next !== undefined) return next;
        end();
        resolve();
        return busy;
      };
      const end = followLoad(capacity, { flags, tasks, measure, everyMs: 1 });
    });
    return seen;
  }

  test("grows when they have ended, not at the first quiet moment, and keeps what it has", async () => {
    const [atFirst, , , afterTwo] = await widths([busy, free, free, busy]);

    expect(atFirst).toEqual({ agents: 8, gradings: 2 });
    expect((await widths([busy, free, busy, free])).at(-1)).toEqual({ agents: 8, gradings: 2 });
    expect(afterTwo?.gradings).toBeGreaterThanOrEqual(Math.min(6, availableParallelism()));
  });

  test("stays where it is while they go on, and where flags set its numbers", async () => {
    expect((await widths([busy, busy, busy])).at(-1)).toEqual({ agents: 8, gradings: 2 });
    expect((await widths([free, free, free], { concurrency: 8, grading: 2 })).at(-1)).toEqual({ agents: 8, gradings: 2 });
  });
});
