import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Trend } from "../../../src/analysis/trend.ts";
import { Store } from "../../../src/store/store.ts";
import { type CliEnd, runCli } from "../../fixtures/cli.ts";
import { savePastRun } from "../../fixtures/past-run.ts";
import { anArm, aTask } from "../../fixtures/record.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const TASKS = [aTask("add"), aTask("sub")];

function database(): TempFolder {
  const folder = new TempFolder();
  const store = new Store(folder.at("past.db"), () => new Date("2026-01-02T03:04:05.000Z"));
  savePastRun(store, { id: "20260101-0800-aaaa", arm: anArm(), tasks: TASKS, outcomes: ["+-", "--"], tags: ["v1"] });
  savePastRun(store, { id: "20260102-0800-bbbb", arm: anArm(), tasks: TASKS, outcomes: ["++", "+-"], commit: "c0ffee1234" });
  savePastRun(store, { id: "20260103-0800-cccc", arm: anArm(), tasks: TASKS, outcomes: ["++", "++"], suiteDigest: "other" });
  savePastRun(store, { id: "20260103-0900-dddd", arm: anArm("flawed"), tasks: TASKS, outcomes: ["--", "--"] });
  store.saveBaseline("main", { runId: "20260101-0800-aaaa", armId: "arm-oracle" });
  store.close();
  return folder;
}

function trend(folder: TempFolder, ...args: readonly string[]): Promise<CliEnd> {
  return runCli(["trend", ...args, "--db", "past.db"], { cwd: folder.path });
}

test("the trend of an arm is drawn run by run, with a line where the tasks changed", async () => {
  using folder = database();

  const end = await trend(folder, "oracle");

  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(end.stdout).toMatchInlineSnapshot(`
    "oracle (scripted)
    Date        Run                 Tag/commit  Passed   Rate  0         50    100 %   Trial  Solved
    2026-01-01  20260101-0800-aaaa  v1             1/4   25 %  ├────●──────────────┤  $0.010  $0.040
    2026-01-02  20260102-0800-bbbb  c0ffee1        3/4   75 %  ├──────────────●────┤  $0.010  $0.013
    - - - other tasks from here on: do not compare across this line - - -
    2026-01-03  20260103-0800-cccc                 4/4  100 %  ├───────────────────●  $0.010  $0.010
    pass rate       ▃▆|█  now 100.0 %
    cost per trial  ██|█  $0.010 to $0.010
    Too few results to test for drift over 2 runs of the same tasks: only tasks that both passed and
    failed tell anything, and no result of these 2 tasks with 8 trials could show it.

    ├──●──┤ is the pass rate with its 95 % interval for tasks like these.
    Scripted arms are not language models; their prices are simulated.
    "
  `);
});

test.for([
  { name: "ora*", lines: { oracle: 3 } },
  { name: "*", lines: { oracle: 3, flawed: 1 } },
  { name: "main", lines: { oracle: 3 } },
  { name: "default", lines: { oracle: 3, flawed: 1 } },
])('"$name" finds arms by name, pattern, baseline or prompt', async ({ name, lines }) => {
  using folder = database();

  const end = await trend(folder, name, "--json");
  const found = (JSON.parse(end.stdout) as Trend).lines.map((line) => [line.name, line.points.length]);

  expect(Object.fromEntries(found)).toEqual(lines);
});

test("a trend is cut to the newest runs, and to one suite", async () => {
  using folder = database();

  const cut = JSON.parse((await trend(folder, "oracle", "--limit", "2", "--suite", "starter", "--json")).stdout) as Trend;

  expect(cut.lines[0]?.drift).toEqual([]);
  expect(cut.lines[0]?.points.map(({ runId }) => runId)).toEqual(["20260102-0800-bbbb", "20260103-0800-cccc"]);
});

test("the test for drift is part of the JSON", async () => {
  using folder = database();

  const whole = JSON.parse((await trend(folder, "oracle", "--json")).stdout) as Trend;

  expect(whole.lines[0]?.drift).toMatchObject([
    { runIds: ["20260101-0800-aaaa", "20260102-0800-bbbb"], conclusion: "too-few-results", p: null, informativeTasks: 2 },
  ]);
});

test("a page with charts is written to the given file", async () => {
  using folder = database();

  const end = await trend(folder, "oracle", "--html", "trend.html");

  expect(end.code).toBe(0);
  expect(readFileSync(folder.at("trend.html"), "utf8")).toContain('aria-label="Pass rate of oracle over runs"');
});

test.for([
  {
    title: "an arm that was never run",
    args: ["gpt"],
    says: 'Cannot find arm "gpt": no run has it, and no baseline has this name; choose from flawed, oracle',
  },
  {
    title: "a suite without such runs",
    args: ["oracle", "--suite", "big"],
    says: 'Cannot show the trend of "oracle": no run of suite "big"',
  },
  {
    title: "a place where no file can be",
    args: ["oracle", "--html", "no/such/trend.html"],
    says: 'Cannot write "no/such/trend.html": its folder does not exist',
  },
])("$title gets one clear line and exit code 2", async ({ args, says }) => {
  using folder = database();

  const end = await trend(folder, ...args);

  expect(end).toMatchObject({ code: 2, stdout: "" });
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
});
