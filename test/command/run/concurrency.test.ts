import { expect, test } from "vitest";
import { capacityOf } from "../../../src/command/run/concurrency.ts";

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
