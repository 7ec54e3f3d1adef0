import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Outcome } from "../../../src/core/trial.ts";
import { Store } from "../../../src/store/store.ts";
import { runCli } from "../../fixtures/cli.ts";
import { anArm, aRun, aTask, aTrial, graded } from "../../fixtures/record.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

type ArmPlan = { readonly name: string; readonly passes: (task: number) => boolean };
type RunPlan = {
  readonly id: string;
  readonly createdAt: string;
  readonly arms: readonly ArmPlan[];
  readonly tags?: readonly string[];
  readonly branch?: string;
  readonly imageId?: string;
};

const TASKS = Array.from({ length: 12 }, (_, index) => aTask(`task-${index + 1}`));
const always: ArmPlan = { name: "always", passes: () => true };
const never: ArmPlan = { name: "never", passes: () => false };
const half: ArmPlan = { name: "half", passes: (task) => task % 2 === 0 };

/** A database with finished runs, made without an engine. */
function database(folder: TempFolder, ...runs: readonly RunPlan[]): string {
  const path = folder.at("bench.db");
  const store = new Store(path, () => new Date("2026-01-02T03:04:05Z"));
  for (const { id, createdAt, arms, tags = [], branch = null, imageId = "sha" } of runs) {
    const plans = arms.map((plan) => ({ arm: anArm(plan.name), plan }));
    store.saveRun({
      run: aRun({ id, createdAt, attempts: 1, tags, imageId, settings: { git: { branch } } }),
      arms: plans.map(({ arm }) => arm),
      tasks: TASKS,
    });
    for (const [index, task] of TASKS.entries())
      for (const { arm, plan } of plans) {
        const key = { runId: id, taskId: task.id, armId: arm.id, attempt: 1 };
        const outcome: Outcome = graded(plan.passes(index));
        store.saveTrial(aTrial(key, outcome), store.executions.start(key).executionId);
      }
    store.endRun(id, "complete");
  }
  store.close();
  return path;
}

const first: RunPlan = {
  id: "20260101-first",
  createdAt: "2026-01-01T00:00:00Z",
  arms: [always, never],
  tags: ["nightly"],
  branch: "main",
};
const second: RunPlan = { id: "20260102-second", createdAt: "2026-01-02T00:00:00Z", arms: [half, never] };

type Compared = {
  readonly arms: readonly { readonly label: string }[];
  readonly comparisons: readonly { readonly verdict: { readonly kind: string }; readonly sentence: string }[];
};

async function compare(db: string, ...args: readonly string[]): Promise<Compared> {
  const end = await runCli(["compare", ...args, "--db", db, "--json"]);
  expect(end.stderr).toBe("");
  expect(end.code).toBe(0);
  return JSON.parse(end.stdout) as Compared;
}

test("two arms of a run are compared by name, and the sentence speaks of the second", async () => {
  using folder = new TempFolder();
  const db = database(folder, first, second);

  const result = await compare(db, "always", "never");

  expect(result.arms.map(({ label }) => label)).toEqual(["always", "never"]);
  expect(result.comparisons[0]?.verdict.kind).toBe("worse");
  expect(result.comparisons[0]?.sentence).toMatch(/^Worse: never passes 100\.0 points less than always/);
});

test.for([
  { title: "a bare name from the newest run that has it", args: ["half", "always"], labels: ["half", "always"] },
  { title: "a run by the start of its id", args: ["never@20260101", "half"], labels: ["never", "half"] },
  { title: "a tag", args: ["always@nightly", "half"], labels: ["always", "half"] },
  { title: "a branch", args: ["always@main", "half"], labels: ["always", "half"] },
  { title: "one name from two runs", args: ["never@20260101", "never@latest"], labels: ["never@20260101-first", "never@20260102-second"] },
  { title: "every arm of the newest run without a name", args: [], labels: ["half", "never"] },
])("arms are found by $title", async ({ args, labels }) => {
  using folder = new TempFolder();
  const result = await compare(database(folder, first, second), ...args);

  expect(result.arms.map(({ label }) => label)).toEqual(labels);
});

test("a baseline is saved, found, listed, moved and removed", async () => {
  using folder = new TempFolder();
  const db = database(folder, first, second);
  // The tests did not make the database by a command, so that writing to it has to be allowed.
  const call = async (command: string, ...args: readonly string[]): Promise<string> =>
    (await runCli(["baseline", command, ...args, "--db", db, ...(command === "list" ? [] : ["--trust"])])).stdout.trim();

  expect(await call("save", "release", "always@20260101")).toBe("Baseline release is one arm of run 20260101-first");
  expect((await compare(db, "release", "half")).arms.map(({ label }) => label)).toEqual(["always", "half"]);
  expect(await call("save", "release", "half")).toBe("Baseline release is one arm of run 20260102-second");
  expect(await call("list")).toMatch(/^release {2}run 20260102-second, half {2}saved /);
  expect(await call("remove", "release")).toBe("Baseline release is removed.");
  expect(await call("list")).toBe("No baseline is saved.");
});

test.for([
  { title: "a name that nobody has", args: ["compare", "nobody", "half"], says: 'Cannot find arm "nobody"' },
  { title: "an arm with itself", args: ["compare", "half", "half"], says: 'Cannot compare "half" with itself' },
  { title: "a single arm", args: ["compare", "half"], says: "there is only one arm" },
  {
    title: "a run with several arms and no name",
    args: ["compare", "@20260101", "half"],
    says: "its run has always, never; choose one by writing its name before an @",
  },
  { title: "an ending that is no format", args: ["compare", "half", "never", "--output", "x.pdf"], says: 'Cannot write report "x.pdf"' },
  {
    title: "a folder that is not there",
    args: ["compare", "half", "never", "--output", "no/such/x.md"],
    says: 'Cannot write "no/such/x.md": its folder does not exist',
  },
  { title: "a gate without a baseline", args: ["gate", "half"], says: "no baseline is named" },
  {
    title: "a margin without its unit",
    args: ["gate", "half", "--baseline", "never", "--max-drop", "3"],
    says: "Expected percentage points, such as 3pp",
  },
  {
    title: "a run's flags on stored trials",
    args: ["gate", "half", "--baseline", "never", "--attempts", "3"],
    says: "add --sequential to run them",
  },
  {
    title: "a margin that so few trials cannot show",
    args: ["gate", "half", "--baseline", "never", "--mode", "non-inferiority"],
    says: "Cannot show that --max-drop 5.0pp is kept: 12 tasks with 1 attempts",
  },
  { title: "a baseline's name that is no name", args: ["baseline", "save", "2026"], says: 'Cannot save baseline "2026"' },
])("$title is refused in one line", async ({ args, says }) => {
  using folder = new TempFolder();
  const end = await runCli([...args, "--db", database(folder, first, second)]);

  expect(end.code).toBe(2);
  expect(end.stdout).toBe("");
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(end.stderr).toContain(says);
});

test("misleading comparisons are refused unless they are allowed", async () => {
  using folder = new TempFolder();
  const db = database(folder, first, { ...second, imageId: "another" });
  const refused = await runCli(["compare", "always", "half", "--db", db]);
  const allowed = await runCli(["compare", "always", "half", "--db", db, "--allow-mismatch"]);

  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("they differ in image (sha against another); run both in the same way, or use --allow-mismatch");
  expect(allowed.code).toBe(0);
  expect(allowed.stdout).toMatch(/The figures are misleading.* image: sha against another/);
});

test.for([
  {
    title: "a worse candidate fails",
    args: ["never", "--baseline", "always@nightly"],
    code: 1,
    says: "FAIL: never passes 100.0 points less than always [-100.0 to",
  },
  {
    title: "a better candidate passes",
    args: ["always", "--baseline", "never@nightly"],
    code: 0,
    says: "PASS: always passes 100.0 points more than never [+",
  },
  { title: "a twin of few tasks cannot tell", args: ["never@latest", "--baseline", "never@nightly"], code: 3, says: "CANNOT TELL" },
  {
    title: "an open question passes where that was asked for",
    args: ["never@latest", "--baseline", "never@nightly", "--on-inconclusive", "pass"],
    code: 0,
    says: "PASS",
  },
  { title: "a wide margin is kept", args: ["never@latest", "--baseline", "never@nightly", "--max-drop", "40pp"], code: 0, says: "PASS" },
  {
    title: "a branch of several arms gives the candidate's namesake",
    args: ["never", "--baseline", "main", "--max-drop", "40pp"],
    code: 0,
    says: "PASS",
  },
])("a gate over stored trials: $title", async ({ args, code, says }) => {
  using folder = new TempFolder();
  const end = await runCli(["gate", ...args, "--db", database(folder, first, second)]);

  expect(end.stderr).toBe("");
  expect(end.stdout).toContain(says);
  expect(end.stdout.trimEnd()).toMatch(new RegExp(`\\(exit code ${code}\\)$`));
  expect(end.code).toBe(code);
});

test("reports are written in every format, each whole", async () => {
  using folder = new TempFolder();
  const db = database(folder, first, second);
  const files = ["r.md", "r.csv", "r.xml", "r.json", "r.html"].map((name) => folder.at(name));
  const end = await runCli(["gate", "never", "--baseline", "always@nightly", "--db", db, ...files.flatMap((file) => ["--output", file])]);
  const [markdown, csv, junit, json, html] = files.map((file) => readFileSync(file, "utf8"));

  expect(end.code).toBe(1);
  expect(markdown).toContain("❌ Fail");
  expect(csv?.trim().split("\r\n")).toHaveLength(25);
  expect(junit).toContain('<testsuite name="gate" tests="1" failures="1"');
  expect((JSON.parse(json ?? "") as { trials: unknown[] }).trials).toHaveLength(24);
  expect(html).toMatch(/^<!doctype html>/i);
});

test("one arm is compared with a published figure, with the uncertainty of both, among all arms of its run", async () => {
  using folder = new TempFolder();
  const db = database(folder, first, second);
  const end = await runCli(["compare", "half", "--against", "62%", "--n", "225", "--db", db]);

  expect(end.code).toBe(0);
  expect(end.stdout).toContain("Published: 62.0 % (95% interval 56 to 68 %) on 225 tasks");
  expect(end.stdout.trimEnd().split("\n").at(-1)).toMatch(
    /^Cannot tell: half passes 12\.0 points less than the published 62\.0 % of 225 tasks \[/,
  );
});

test.for([
  { args: ["half", "--against", "0.62"], says: "its number of tasks is not given" },
  { args: ["half", "--n", "225"], says: "--n is given without --against" },
  { args: ["half", "never", "--against", "0.62", "--n", "225"], says: "2 arms were named" },
  { args: ["half", "--against", "0.62", "--n", "225", "--scope", "suite"], says: "its results by task are not known" },
])("a published figure that cannot be compared is refused: $says", async ({ args, says }) => {
  using folder = new TempFolder();
  const end = await runCli(["compare", ...args, "--db", database(folder, first, second)]);

  expect(end.code).toBe(2);
  expect(end.stderr).toContain(says);
});

test("the other arms of a run count, unless the pair was planned", async () => {
  using folder = new TempFolder();
  const arms: readonly ArmPlan[] = [always, half, never, { name: "most", passes: (task) => task > 3 }];
  const db = database(folder, { ...first, arms });
  const unsaid = await compare(db, "always", "most");
  const planned = await compare(db, "always", "most", "--planned");
  const pairs = await compare(db, "most", "never");

  expect(unsaid.comparisons[0]).toMatchObject({ allowances: [{ kind: "comparisons", count: 3, of: "baseline", arms: 4 }] });
  expect(planned.comparisons[0]).toMatchObject({ allowances: [{ kind: "planned", others: 2 }] });
  expect(pairs.comparisons[0]?.sentence).toMatch(
    /^Cannot tell: .*, which is not shown among all 6 pairs of 4 arms \(adjusted p = 0\.082\);/,
  );
});
