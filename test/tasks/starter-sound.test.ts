import { beforeAll, expect, test } from "vitest";
import { type CliEnd, runCli } from "../fixtures/cli.ts";

type Graded = { readonly name: string; readonly passed: number; readonly repeats: number };
type Row = {
  readonly taskId: string;
  readonly tests: number;
  readonly isolation: string | null;
  readonly reference: Graded | null;
  readonly untouched: Graded | null;
  readonly wrong: readonly Graded[];
  readonly problems: readonly string[];
};

const IMAGE = process.env["BENCH_TEST_IMAGE"];
const NO_PASS = { passed: 0, repeats: 1 };

let end: CliEnd = { code: null, stdout: "", stderr: "" };
let rows: readonly Row[] = [];

// One grading of each solution: a hundred in all.
beforeAll(async () => {
  end = await runCli(["check", "--suite", "tasks/starter", "--repeats", "1", "--json", ...(IMAGE === undefined ? [] : ["--image", IMAGE])]);
  rows = JSON.parse(end.stdout);
}, 900_000);

test("every task of the starter suite is sound: its reference passes, the untouched workspace and every wrong solution fail", () => {
  expect(rows.flatMap(({ taskId, problems }) => problems.map((problem) => `${taskId}: ${problem}`))).toEqual([]);
  expect(end.code, end.stderr).toBe(0);
  expect(rows).toHaveLength(18);
  for (const { taskId, reference, untouched, wrong } of rows) {
    expect(reference, taskId).toMatchObject({ passed: 1, repeats: 1 });
    expect(untouched, taskId).toMatchObject(NO_PASS);
    expect(wrong.length, taskId).toBeGreaterThanOrEqual(2);
    for (const each of wrong) expect(each, `${taskId}, ${each.name}`).toMatchObject(NO_PASS);
  }
});

test("every task of the starter suite keeps the solution apart from its tests", () => {
  expect(rows.filter(({ isolation }) => isolation !== "process").map(({ taskId }) => taskId)).toEqual([]);
});
