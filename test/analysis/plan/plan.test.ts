import { expect, test } from "vitest";
import { makePlan } from "../../../src/analysis/plan/make-plan.ts";
import type { ArmInput, PlanInputs } from "../../../src/analysis/plan/plan-result.ts";
import type { PastTrial } from "../../../src/core/history.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import { planText, shortPlan } from "../../../src/report/terminal/plan-text.ts";
import { armInput, PLAN_PRICE, pastTrial, planInputs, plannedArmOf } from "../../fixtures/plan.ts";

// Ten tasks, three attempts each: costs and outcomes that differ, by a fixed rule.
const PAST: readonly PastTrial[] = Array.from({ length: 30 }, (_, index) =>
  pastTrial(index % 10, { costUsd: 0.01 + 0.002 * (index % 7), passed: (index * 7) % 11 < 7 }),
);

test("a plan from past trials shows how many, an interval, the maximum cost, and the difference it could detect", () => {
  const plan = makePlan(
    planInputs([armInput(plannedArmOf({}, { maxCostUsd: 0.5 }), { past: { kind: "arm", trials: PAST } })], { detect: 0.1 }),
  );

  expect(planText(plan, palette(false))).toMatchInlineSnapshot(`
    "1 arm x 10 tasks x 2 attempts = 20 trials of starter

    Arm  Trials   Each   Cost       95% range  At most  Time  From
    gpt      20  $0.02  $0.31  $0.26 to $0.37   $10.00  10 s  30 past

    Cost  about $0.31 ($0.26 to $0.37 from 30 past trials), at most $10.00
    Time  about 53 s with 4 at a time

    Could detect, with 80 % power, 5 % one-sided risk, 2 attempts of 10 tasks on each side:
      a prompt change of  42.2 points or more; more attempts alone never detect less than 0.9 points
      a model change of   42.5 points or more; more attempts alone never detect less than 5.2 points
      To detect 10 points from a prompt change: 34 attempts of 10 tasks, or about 145 tasks at 2 attempts
      To detect 10 points from a model change: 46 attempts of 10 tasks, or about 146 tasks at 2 attempts
      bench compare, at 5 % two-sided: 48.8 points from a prompt change, 49.2 points from a model change
      (run-to-run variance from 30 past trials, that of a prompt change assumed, that of a model change assumed)
    A gate that may stop after each of 5 attempts would save (simulated for 50 tasks, fewer save less):
      a prompt change:    11 % of its trials when nothing changed, 33 % when it is 10 points worse
      a model change:     7 % of its trials when nothing changed, 21 % when it is 10 points worse

    Past: graded trials of the same arm; all from run 20260101-0800-aaaa.
    At most: every trial reaches its cap."
  `);
  expect(shortPlan(plan)).toMatchInlineSnapshot(
    `"20 trials: about $0.31 ($0.26 to $0.37 from 30 past trials), at most $10.00, about 53 s"`,
  );
});

test("assumed and unknown costs and missing keys are named, and never count as zero", () => {
  const unpriced = plannedArmOf({ name: "other", price: null, baseUrl: "https://unknown.example/v1" });
  const plan = makePlan(
    planInputs([
      armInput(plannedArmOf()),
      armInput(unpriced, { missingKey: "OTHER_KEY" }),
      armInput(plannedArmOf({ name: "oracle", api: "scripted", model: "oracle" })),
    ]),
  );

  expect(planText(plan, palette(false))).toMatchInlineSnapshot(`
    "3 arms x 10 tasks x 2 attempts = 60 trials of starter

    Arm      Trials     Each     Cost  95% range  At most    Time  From
    gpt          20    $0.12    $2.48          -  $246.05  1m 00s  assumed
    other †      20  unknown  unknown          -  unknown  1m 00s  no price
    oracle*      20    $0.02    $0.38          -        -   1.0 s  assumed

    Cost  about $2.86 (assumed) plus an unknown part, the maximum is unknown
          † no key here: bench run would leave out 1 arm (OTHER_KEY not set),
          and run 40 trials for about $2.86 (assumed), at most $246.05
    Time  about 10m 13s with 4 at a time (assumed)

    Could detect, with 80 % power, 5 % one-sided risk, 2 attempts of 10 tasks on each side:
      a prompt change of  39.9 points or more; more attempts alone never detect less than 3.2 points
      a model change of   41.9 points or more; more attempts alone never detect less than 18.8 points
      bench compare, at 5 % over 2 comparisons: nothing
      (run-to-run variance assumed, that of a prompt change assumed, that of a model change assumed)
    A gate that may stop after each of 5 attempts would save (simulated for 50 tasks, fewer save less):
      a prompt change:    11 % of its trials when nothing changed, 33 % when it is 10 points worse
      a model change:     7 % of its trials when nothing changed, 21 % when it is 10 points worse

    Assumed: 10 responses, 100k tokens in (80k of them cached), 6k out a trial.
    Assumed: 5 responses, 14k tokens in (10k of them cached), 1.2k out a trial of a scripted model.
    Set your own with --assume-cost and --assume-seconds.
    At most: every trial takes all its responses at full length; --max-trial-cost lowers this.
    No price: other; add one to models.yaml, or use --assume-cost.
    * scripted, not a language model: its prices are simulated"
  `);
  expect(shortPlan(plan)).toMatchInlineSnapshot(`
    "60 trials: about $2.86 (assumed) plus an unknown part, the maximum is unknown, about 10m 13s
    The cost of other is unknown and comes on top."
  `);
  expect(plan.arms[1]).toMatchObject({ costPerTrialUsd: null, costUsd: null, worstCost: { usd: null, by: "unknown" } });
  expect(plan.cost.worstUsd).toBeNull();
});

test("past trials without a count of tokens say nothing about a cost or about tokens, and never that there are none", () => {
  const uncounted = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, costUsd: null };
  const planOf = (isUsageKnown: boolean) => {
    const trials = Array.from({ length: 20 }, (_, index) => pastTrial(index % 10, { ...uncounted, isUsageKnown }));
    return makePlan(planInputs([armInput(plannedArmOf(), { past: { kind: "arm", trials } })]));
  };

  // Read as counts, the zeros would promise a run that costs nothing.
  expect(planOf(true).arms[0]).toMatchObject({ costPerTrialUsd: 0, costBasis: { kind: "arm" } });
  expect(planOf(false).arms[0]?.costPerTrialUsd).toBeGreaterThan(0);
  expect(planOf(false).arms[0]?.costBasis.kind).not.toBe("arm");
});

test("past trials of the same arm take precedence over the user's assumption, and that over the default one", () => {
  const assume = { costUsd: 0.5, seconds: 30 };
  const plan = makePlan(
    planInputs(
      [
        armInput(plannedArmOf(), { past: { kind: "arm", trials: PAST } }),
        armInput(plannedArmOf({ name: "new" })),
        armInput(plannedArmOf({ price: null, baseUrl: "https://unknown.example" })),
      ],
      { assume },
    ),
  );

  expect(plan.arms.map(({ costBasis, timeBasis }) => [costBasis.kind, timeBasis.kind])).toEqual([
    ["arm", "arm"],
    ["flag", "flag"],
    ["flag", "flag"],
  ]);
  expect(plan.arms[1]).toMatchObject({ costPerTrialUsd: 0.5, costUsd: { value: 10, low: null, high: null }, secondsPerTrial: 30 });
});

test.for([
  { title: "a price that has changed", changes: { price: { ...PLAN_PRICE, input: 99 } } },
  { title: "a cost that was not known then", changes: { costUsd: null, price: null } },
])("$title is replaced by today's price for the past tokens", ({ changes }) => {
  const trials = Array.from({ length: 10 }, (_, index) => pastTrial(index, changes));
  const plan = makePlan(planInputs([armInput(plannedArmOf(), { past: { kind: "model", trials } })]));

  // 4000 tokens in at $1 and 1000 out at $4 for a million.
  expect(plan.arms[0]?.costPerTrialUsd).toBeCloseTo(0.008, 10);
  expect(plan.arms[0]?.costBasis).toMatchObject({ kind: "model", trials: 10, repriced: true });
});

test("the maximum cost of a trial is its limit, else every response with the longest possible prompt", () => {
  const small = plannedArmOf({ contextWindow: 100_000, maxOutputTokens: 1_000 }, { maxIterations: 3 });
  const [limited, full] = makePlan(planInputs([armInput(plannedArmOf({}, { maxCostUsd: 0.25 })), armInput(small)])).arms;

  expect(limited?.worstCost).toEqual({ usd: 5, by: "max-trial-cost" });
  // Prompts of 10 000, 51 960 and 93 920 tokens, each with 1000 out; ten tasks twice.
  expect(full?.worstCost.by).toBe("full-context");
  expect(full?.worstCost.usd).toBeCloseTo(20 * ((10_000 + 51_960 + 93_920 + 3 * 4 * 1_000) / 1e6), 10);
});

test("a limit in dollars bounds nothing without a known price", () => {
  const [arm] = makePlan(planInputs([armInput(plannedArmOf({ price: null, baseUrl: "https://unknown.example" }, { maxCostUsd: 1 }))])).arms;

  expect(arm?.worstCost).toEqual({ usd: null, by: "unknown" });
});

test.for([
  { title: "trials at once", limits: { concurrency: 9, rpm: null, tpm: null }, seconds: 52.5, pace: { kind: "concurrency" } },
  {
    title: "requests at once",
    limits: { concurrency: 1, rpm: null, tpm: null },
    seconds: 200,
    pace: { kind: "lane", limit: "concurrency" },
  },
  { title: "requests a minute", limits: { concurrency: 9, rpm: 20, tpm: null }, seconds: 240, pace: { kind: "lane", limit: "rpm" } },
  { title: "tokens a minute", limits: { concurrency: 9, rpm: null, tpm: 10_000 }, seconds: 600, pace: { kind: "lane", limit: "tpm" } },
])("the time of a run is set by its bottleneck: $title", ({ limits, seconds, pace }) => {
  const trials = Array.from({ length: 10 }, (_, index) => pastTrial(index));
  const plan = makePlan(planInputs([armInput(plannedArmOf({ limits }), { past: { kind: "arm", trials } })]));

  expect(plan.wallSeconds).toBeCloseTo(seconds, 8);
  expect(plan.pace).toMatchObject(pace);
});

test("a few long trials take as long as the longest, and few concurrent gradings delay many short ones", () => {
  const long = Array.from({ length: 10 }, (_, index) => pastTrial(index, { workingMs: 100_000 }));
  const short = Array.from({ length: 10 }, (_, index) => pastTrial(index, { workingMs: 100 }));
  const of = (trials: readonly PastTrial[], changes: Partial<PlanInputs>): ReturnType<typeof makePlan> =>
    makePlan(
      planInputs(
        [armInput(plannedArmOf({ limits: { concurrency: 99, rpm: null, tpm: null } }), { past: { kind: "arm", trials } })],
        changes,
      ),
    );

  expect(of(long, { concurrency: 64 })).toMatchObject({ wallSeconds: 102, pace: { kind: "longest" } });
  expect(of(short, { grading: 1 })).toMatchObject({ wallSeconds: 30, pace: { kind: "grading" } });
});

test("variances come from repeated past trials of arms that are not scripted and do vary", () => {
  const scripted = plannedArmOf({ name: "oracle", api: "scripted" });
  const steady = PAST.map((trial) => ({ ...trial, passed: true }));
  const from = (...arms: readonly ArmInput[]): unknown => makePlan(planInputs(arms)).detectable[0]?.withinBasis;

  expect(from(armInput(plannedArmOf(), { past: { kind: "arm", trials: PAST } }))).toEqual({ kind: "past", trials: 30 });
  expect(from(armInput(plannedArmOf(), { past: { kind: "arm", trials: steady } }))).toEqual({ kind: "assumption" });
  expect(from(armInput(plannedArmOf()), armInput(scripted, { past: { kind: "arm", trials: PAST } }))).toEqual({ kind: "assumption" });
  expect(from(armInput(plannedArmOf(), { past: { kind: "arm", trials: PAST.slice(0, 10) } }))).toEqual({ kind: "assumption" });
});

test("the variance of a change comes from a pair of arms that differ in nothing else", () => {
  const first = armInput(plannedArmOf(), { past: { kind: "arm", trials: PAST } });
  const flipped = PAST.map((trial) => ({ ...trial, passed: trial.taskDigest < "digest-5" }));
  const other = armInput(plannedArmOf({ name: "other" }), { past: { kind: "arm", trials: flipped } });
  const [prompt, model] = makePlan(planInputs([first, other])).detectable;

  expect(prompt).toMatchObject({ change: "prompt", effectVariance: 0.002, effectBasis: { kind: "assumption" } });
  expect(model).toMatchObject({ change: "model", effectBasis: { kind: "past", trials: 60 } });
});

test.for([
  { tasks: 50, attempts: 1, prompt: 17.7, model: 19.4 },
  { tasks: 50, attempts: 3, prompt: 10.3, model: 13.3 },
  { tasks: 100, attempts: 5, prompt: 5.6, model: 8.2 },
  { tasks: 200, attempts: 3, prompt: 5.0, model: 6.6 },
])("$tasks tasks with $attempts attempts detect about what planning tables say", ({ tasks, attempts, prompt, model }) => {
  const suite = { name: "s", digest: "d", tasks: Array.from({ length: tasks }, (_, index) => ({ digest: `digest-${index}` })) };
  const plan = makePlan(planInputs([armInput(plannedArmOf())], { suite, attempts }));

  // The tables were made with other roundings of the same variances.
  for (const [index, points] of [prompt, model].entries()) {
    expect(Math.abs(100 * (plan.detectable[index]?.difference ?? 0) - points)).toBeLessThan(0.5);
  }
});

test("savings of a sequential gate are interpolated between the simulated ones, and never extrapolated", () => {
  const saving = (tasks: number): unknown => {
    const suite = { name: "s", digest: "d", tasks: Array.from({ length: tasks }, (_, index) => ({ digest: String(index) })) };
    const [prompt] = makePlan(planInputs([armInput(plannedArmOf())], { suite })).sequential;
    return (
      prompt && { tasks: prompt.tasks, unchanged: Number(prompt.unchanged.toFixed(3)), worse: Number(prompt.tenPointsWorse.toFixed(3)) }
    );
  };

  expect(saving(9)).toEqual({ tasks: 50, unchanged: 0.11, worse: 0.33 });
  expect(saving(75)).toEqual({ tasks: 75, unchanged: 0.16, worse: 0.425 });
  expect(saving(100)).toEqual({ tasks: 100, unchanged: 0.21, worse: 0.52 });
  expect(saving(900)).toEqual({ tasks: 200, unchanged: 0.37, worse: 0.68 });
});
