import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import type { ArmInRun } from "../../src/analysis/summary.ts";
import type { AgentSpec } from "../../src/core/agent.ts";
import { comparisonSentence } from "../../src/report/comparison-words.ts";
import { writeReport } from "../../src/report/written-report.ts";
import { cliSpec, loopSpec } from "../fixtures/agent-settings.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

type Counts = readonly (readonly [passed: number, trials: number])[];

function side(name: string, counts: Counts, changes: Partial<ArmInRun["arm"]> = {}, run: Partial<ArmInRun["run"]> = {}): ArmInRun {
  const perTask = counts.map(([passed, trials], index) => aTaskResult(`task-${index + 1}`, passed, trials));
  return { run: aRun({ attempts: Math.max(0, ...counts.map(([, trials]) => trials)), ...run }), arm: anArmResult(name, perTask, changes) };
}

const times = (count: number, ...values: Counts): Counts => Array.from({ length: count }, () => values).flat();

test("an arm that passes everything is better than one that passes nothing, whichever is named first", () => {
  const solver = side("solver", times(18, [1, 1]));
  const failer = side("failer", times(18, [0, 1]));

  const [worse] = compareArms([solver, failer], "tasks").comparisons;
  const [better] = compareArms([failer, solver], "tasks").comparisons;

  expect(worse?.verdict).toEqual({ kind: "worse" });
  expect(better?.verdict).toEqual({ kind: "better" });
  expect(worse?.worse).toHaveLength(18);
  expect(better?.better).toHaveLength(18);
});

test("two arms that pass equally often cannot be distinguished", () => {
  const counts = times(6, [3, 3], [0, 3], [2, 3]);
  const [comparison] = compareArms([side("a", counts), side("b", counts)], "tasks").comparisons;

  expect(comparison).toMatchObject({ verdict: { kind: "cannot-tell", needed: null }, tied: 18, better: [], worse: [] });
  expect(comparison?.difference.value).toBe(0);
});

test("a small difference is inconclusive, and comes with how many more trials would decide it", () => {
  const before = times(5, [3, 3], [0, 3], [2, 3], [1, 3]);
  const after = times(5, [3, 3], [1, 3], [2, 3], [1, 3]);
  const needed = (changed: number): unknown => {
    const counts = after.slice(0, 4 * changed).concat(before.slice(4 * changed));
    return compareArms([side("a", before), side("b", counts)], "tasks").comparisons[0]?.verdict;
  };

  expect(needed(2)).toMatchObject({ kind: "cannot-tell", needed: { trials: expect.any(Number), total: expect.any(Number) } });
  expect(needed(1)).toMatchObject({ kind: "cannot-tell", needed: null });
});

test("the number of trials still needed is positive, however unequal the attempts", () => {
  for (const [before, after] of [
    [5, 1],
    [1, 5],
    [3, 2],
  ] as const) {
    const baseline = side("a", [...times(9, [before, before]), [0, before]]);
    const candidate = side("b", [...times(8, [after, after]), [0, after], [0, after]]);
    const [comparison] = compareArms([baseline, candidate], "tasks").comparisons;
    const verdict = comparison?.verdict;

    expect(verdict?.kind).toBe("cannot-tell");
    expect(verdict?.kind === "cannot-tell" && verdict.needed?.trials).toBeGreaterThan(0);
  }
});

test("tasks are paired by their version, and those of one side alone are left out and named", () => {
  const before = side("a", times(4, [1, 1]));
  const after = side("b", times(3, [1, 1]));
  const changed = { ...after.arm, perTask: [aTaskResult("task-1", 1, 1, { taskDigest: "another" }), ...after.arm.perTask.slice(1)] };
  const [comparison] = compareArms([before, { ...after, arm: changed }], "tasks").comparisons;

  expect(comparison?.tasks).toEqual({ compared: 2, leftOut: ["task-1", "task-4"], withoutRepeats: [] });
  expect(comparison?.mismatches).toContainEqual(
    expect.objectContaining({ subject: { kind: "tasks", compared: 2, leftOut: 2 }, misleading: true }),
  );
});

test("limits, image and harness version make figures misleading; a model and a prompt alone do not", () => {
  const settings = { limits: { maxIterations: 20 } };
  const before = side("a", times(3, [1, 1]), { settings });
  const after = side(
    "b",
    times(3, [1, 1]),
    { settings: { limits: { maxIterations: 40 } }, promptDigest: "other" },
    { id: "later", imageId: "sha-2", harnessVersion: "2" },
  );
  const [comparison] = compareArms([before, after], "tasks").comparisons;

  expect(comparison?.mismatches.filter(({ misleading }) => misleading).map(({ subject }) => subject)).toEqual([
    { kind: "image" },
    { kind: "harness-version" },
    { kind: "setting", name: "limits.maxIterations" },
  ]);
  expect(comparison?.mismatches).toContainEqual(
    expect.objectContaining({ subject: { kind: "several-parts", parts: ["model", "prompt"] }, misleading: false }),
  );
});

test("another agent, or the same one with other tools, is listed as a difference that does not make figures incomparable", () => {
  const before = side("a", times(3, [1, 1]));
  const other = (agent: AgentSpec) => side("b", times(3, [1, 1]), { agent, model: before.arm.model }, { id: "later" });
  const differences = (agent: AgentSpec) => compareArms([before, other(agent)], "tasks").comparisons[0]?.mismatches;

  expect(differences(loopSpec())).toEqual([]);
  expect(differences(loopSpec({ profile: "bash-only" }))).toEqual([
    { subject: { kind: "setting", name: "profile" }, baseline: '"full"', candidate: '"bash-only"', misleading: false },
  ]);
  expect(differences(cliSpec({ version: "1.2" }))).toEqual([
    { subject: { kind: "agent" }, baseline: "loop", candidate: "other 1.2", misleading: false },
  ]);
});

test("the cost is compared task by task, and not at all when a cost is unknown or the prices differ", () => {
  const counts = times(10, [1, 1], [0, 1]);
  const costs = (factor: number): ReturnType<typeof aTaskResult>[] =>
    counts.map(([passed, trials], index) =>
      aTaskResult(`task-${index + 1}`, passed, trials, { costUsd: 0.01 * (1 + (index % 3)) * factor }),
    );
  const before = { ...side("a", counts), arm: anArmResult("a", costs(1)) };
  const dearer = { ...side("b", counts), arm: anArmResult("b", costs(2)) };
  const unknown = { ...side("c", counts), arm: anArmResult("c", [...costs(1).slice(1), aTaskResult("task-1", 1, 1, { costUsd: null })]) };
  const repriced = {
    ...before,
    arm: {
      ...before.arm,
      armId: "d",
      name: "d",
      price: { input: 9, output: 9, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 },
    },
  };

  const [twice, never, otherPrice] = compareArms([before, dearer, unknown, repriced], "tasks").comparisons.map(({ ratios }) =>
    ratios.find(({ metric }) => metric === "cost"),
  );

  expect(twice?.ratio?.value).toBeCloseTo(2, 12);
  expect(never).toMatchObject({ ratio: null, candidate: null, reason: "unknown-cost" });
  expect(otherPrice).toMatchObject({ ratio: null, reason: "prices-differ" });
});

test("several arms are compared together: the Holm-adjusted p is never below the raw one, and ranks show what is known", () => {
  const good = side("good", times(20, [1, 1]));
  const middling = side("middling", times(10, [1, 1], [0, 1]));
  const twin = { ...middling, arm: { ...middling.arm, armId: "twin", name: "twin" } };
  const report = compareArms([good, middling, twin], "tasks");

  expect(report.arms.map(({ rank }) => rank)).toEqual([
    { low: 1, high: 1 },
    { low: 2, high: 3 },
    { low: 2, high: 3 },
  ]);
  for (const { difference } of report.comparisons) expect(difference.adjustedP).toBeGreaterThanOrEqual(difference.p ?? 1);
});

test("arms of one name from two runs are distinguished by their runs", () => {
  const report = compareArms([side("a", times(3, [1, 1])), side("a", times(3, [1, 1]), {}, { id: "second" })], "tasks");

  expect(report.arms.map(({ label }) => label)).toEqual(["a@20260102-0304-abcd", "a@second"]);
  expect(report.runs.map(({ id }) => id)).toEqual(["20260102-0304-abcd", "second"]);
});

test.for([
  { tasks: 0, cause: "no-common-task" },
  { tasks: 1, cause: "one-task" },
])("with $tasks tasks nothing is claimed", ({ tasks, cause }) => {
  const [comparison] = compareArms([side("a", times(tasks, [3, 3])), side("b", times(tasks, [0, 3]))], "tasks").comparisons;

  expect(comparison?.verdict).toEqual({ kind: "cannot-tell", needed: null, cause: { kind: cause } });
  expect(comparison?.difference).toMatchObject({ low: null, high: null, p: null });
});

test("an interval over exactly these tasks is narrower than one over tasks like these", () => {
  const before = times(6, [5, 5], [0, 5], [4, 5], [2, 5]);
  const after = times(6, [5, 5], [0, 5], [2, 5], [3, 5]);
  const width = (scope: "tasks" | "suite"): number => {
    const [comparison] = compareArms([side("a", before), side("b", after)], scope).comparisons;
    return (comparison?.difference.high ?? 0) - (comparison?.difference.low ?? 0);
  };

  expect(width("suite")).toBeGreaterThan(0);
  expect(width("suite")).toBeLessThan(width("tasks"));
});

test("over exactly these tasks, those without repeats are left out and named, and the others are still told about", () => {
  const before = side("a", [...times(8, [3, 3], [1, 3]), [1, 1]]);
  const after = side("b", [...times(8, [1, 3], [0, 3]), [1, 1]]);
  const [comparison] = compareArms([before, after], "suite").comparisons;

  expect(comparison?.tasks).toEqual({ compared: 16, leftOut: [], withoutRepeats: ["task-17"] });
  expect(comparison?.verdict).toEqual({ kind: "worse" });
});

test("without any repeats nothing is told about exactly these tasks, and the reason is no other scope's advice", () => {
  const [comparison] = writeReport(compareArms([side("a", times(8, [1, 1])), side("b", times(8, [0, 1]))], "suite")).comparisons;

  expect(comparison?.suiteGap).toEqual({ kind: "no-repeats" });
  expect(comparison?.verdict).toMatchObject({ kind: "cannot-tell", needed: null });
  expect(comparison?.sentence).toContain("make at least 2 attempts of each");
});

test("with few tasks that both passed and failed the sentence says how many it takes", () => {
  const counts = [...times(10, [3, 3]), ...times(2, [1, 3] as const)];
  const [comparison] = writeReport(compareArms([side("a", counts), side("b", counts)], "suite")).comparisons;

  expect(comparison?.suiteGap).toEqual({ kind: "few-mixed", mixed: 2, needed: 5 });
  expect(comparison?.sentence).toContain("only 2 tasks both passed and failed, and at least 5 must");
});

test("about exactly these tasks more attempts are advised, never more tasks", () => {
  const before = times(10, [2, 3], [1, 3]);
  const after = [...times(7, [2, 3], [1, 3]), ...times(3, [1, 3], [0, 3])];
  const [comparison] = compareArms([side("a", before), side("b", after)], "suite").comparisons;

  expect(comparison?.verdict).toMatchObject({ kind: "cannot-tell", needed: { as: "attempts" } });
});

test("places over exactly these tasks are those of their test", () => {
  const runs = { attempts: 5 };
  // Half of the tasks gain what the others lose, but for a little: about tasks like these that is noise.
  const before = side("a", times(10, [5, 5], [1, 5], [3, 5]), {}, runs);
  const after = side("b", times(10, [1, 5], [3, 5], [3, 5]), {}, runs);

  const places = (scope: "tasks" | "suite") => compareArms([before, after], scope).arms.map(({ rank }) => rank);
  expect(places("tasks")).toEqual([
    { low: 1, high: 2 },
    { low: 1, high: 2 },
  ]);
  expect(places("suite")).toEqual([
    { low: 1, high: 1 },
    { low: 2, high: 2 },
  ]);
});

test("the cost per solved task is one figure in all tables, with equal weight for each task, however many trials it has", () => {
  const tasks = [
    aTaskResult("often", 9, 9, { costUsd: 0.9 }),
    aTaskResult("once", 1, 1, { costUsd: 1 }),
    aTaskResult("never", 0, 1, { costUsd: 1 }),
  ];
  const arm = { run: aRun({ attempts: 9 }), arm: anArmResult("a", tasks) };
  const other = {
    run: aRun({ attempts: 9 }),
    arm: anArmResult(
      "b",
      tasks.map((task) => ({ ...task })),
    ),
  };
  const summary = compareArms([arm, other], "tasks");
  const ratio = summary.comparisons[0]?.ratios.find(({ metric }) => metric === "cost-per-solved");

  // (0.1 + 1 + 1) / 3 over 2 / 3; by trials it would have been 2.9 / 10.
  expect(summary.arms[0]?.costPerSolvedUsd).toBeCloseTo(1.05, 12);
  expect(ratio?.baseline).toBeCloseTo(1.05, 12);
});

test("a ratio of costs has a p that is below 5 % exactly when its interval excludes 1", () => {
  for (const factor of [1, 1.02, 1.05, 1.1, 1.3, 2]) {
    const priced = (name: string, of: (index: number) => number) => ({
      run: aRun({ attempts: 1 }),
      arm: anArmResult(
        name,
        Array.from({ length: 12 }, (_, index) => aTaskResult(`task-${index + 1}`, 1, 1, { costUsd: of(index) })),
      ),
    });
    const [comparison] = compareArms(
      [priced("a", (index) => 1 + (index % 5)), priced("b", (index) => factor * (1 + ((index * 7) % 5)))],
      "tasks",
    ).comparisons;
    const cost = comparison?.ratios.find(({ metric }) => metric === "cost");
    const { low, high } = cost?.ratio ?? { low: null, high: null };

    expect((cost?.p ?? 1) < 0.05).toBe((low ?? 0) > 1 || (high ?? 2) < 1);
  }
});

test("tasks without a grade on one side are a flaw that forbids a verdict, not another suite; the figures are there nevertheless", () => {
  const whole = side("whole", times(30, [1, 1]));
  const lossy = side("lossy", times(30, [1, 1]));
  const perTask = lossy.arm.perTask.map((task, index) =>
    index % 3 === 0 ? { ...task, passed: 0, trials: 0, errors: 1 } : { ...task, passed: 0 },
  );
  const [comparison] = compareArms([whole, { ...lossy, arm: anArmResult("lossy", perTask) }], "tasks").comparisons;

  expect(comparison?.mismatches.filter(({ misleading }) => misleading)).toEqual([]);
  expect(comparison?.verdict).toMatchObject({
    kind: "cannot-tell",
    needed: null,
    cause: { kind: "missing-grades", missing: 10, planned: 30 },
  });
  expect(comparison?.difference).toMatchObject({ value: -1, low: expect.any(Number) });
  expect(comparison && comparisonSentence(comparison)).toBe(
    "Cannot tell: 10 of 30 trials of lossy have no grade, 10 of them for errors of the harness or a provider; resume with: bench run --resume 20260102-0304-abcd",
  );
});

test("a small suite of alike arms cannot tell, a large one shows that they differ by less than matters", () => {
  const verdict = (tasks: number) => {
    const counts = times(tasks / 2, [1, 1], [0, 1]);
    return compareArms([side("a", counts), side("b", counts)], "tasks", { power: false }).comparisons[0];
  };
  const large = verdict(300);

  expect(verdict(20)?.verdict.kind).toBe("cannot-tell");
  expect(large?.verdict).toEqual({ kind: "alike" });
  expect(large && comparisonSentence(large)).toMatch(
    /^Alike: b passes as often as a \[.*\] over tasks like these: they differ by less than 5\.0 points\.$/,
  );
});
