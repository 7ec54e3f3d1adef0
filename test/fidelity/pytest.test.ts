import { beforeAll, describe, expect, test } from "vitest";
import type { Isolation } from "../../src/core/task.ts";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { sandboxes, smallTask, sources } from "../grade/small-task.ts";
import { fileOf, SHOP } from "./pytest/oddity.ts";
import { FILES, ODDITIES, plainly, type Results, TESTS } from "./pytest/plain.ts";

async function graded(isolation: Isolation): Promise<Results> {
  const plan = { runner: "pytest", files: FILES, isolation, timeoutSeconds: 100 } as const;
  const task = smallTask({ workspace: { "shop.py": SHOP }, tests: TESTS, plan });
  const request = { task, submitted: sources({ "shop.py": SHOP }), expected: null, sandboxes, signal: new AbortController().signal };
  const { verdict } = await gradeWithDetails(request);
  if (process.env["BENCH_TEST_LOG"] !== undefined) process.stdout.write(verdict.log);
  return verdict.tests.map(({ status, name }) => [status === "extra" ? "skipped" : status, name]);
}

const results = new Map<string, Results>();

beforeAll(async () => {
  results.set("plain", numbered(await plainly()));
  for (const isolation of ["process", "none"] as const) results.set(isolation, await graded(isolation));
}, 400_000);

function of(run: string, file: string): readonly string[] {
  return (results.get(run) ?? [])
    .filter(([, name]) => name.startsWith(file))
    .map(([status, name]) => `${status} ${cut(name)}`)
    .sort();
}

// An id that pytest gives again is told apart by a number.
function numbered(found: Results): Results {
  const times = new Map<string, number>();
  return found.map(([status, name]) => {
    const count = (times.get(name) ?? 0) + 1;
    times.set(name, count);
    return [status, count === 1 ? name : `${name} (${count})`];
  });
}

// A name of more than 2,000 characters is kept by its start and a hash.
const cut = (name: string): string => (Buffer.from(name).toString().length > 1_000 ? name.slice(0, 1_000) : Buffer.from(name).toString());

describe("pytest by itself and the grader say the same of every test when", () => {
  test.for(ODDITIES)("$title", (one) => {
    const plain = of("plain", fileOf(one));

    expect(plain.length > 0 || one.title === "a test file is empty").toBe(true);
    expect(of("process", fileOf(one))).toEqual(plain);
    expect(of("none", fileOf(one))).toEqual(plain);
  });
});
