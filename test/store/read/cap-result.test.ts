import { expect, test } from "vitest";
import { summarizeRun } from "../../../src/analysis/summary.ts";
import { ASSUMED_CAP_ERROR, type CapStop } from "../../../src/core/cap.ts";
import type { Arm } from "../../../src/core/trial.ts";
import { writeReport } from "../../../src/report/written-report.ts";
import { Store } from "../../../src/store/store.ts";
import { savePastRun } from "../../fixtures/past-run.ts";
import { aKey, anArm, aTask, aTrial } from "../../fixtures/record.ts";

const RUN = "20260101-0800-aaaa";
const TASKS = [aTask("add"), aTask("sub")];

function cappedArm(maxCostUsd: number | null): Arm {
  const { settings, ...arm } = anArm("gpt");
  return { ...arm, settings: { ...settings, limits: { ...settings.limits, maxCostUsd } } };
}

function emptyStore(): Store {
  return new Store(":memory:", () => new Date("2026-01-02T03:04:05.000Z"));
}

function capsOf(store: Store): readonly string[] {
  const run = store.findRun(RUN);
  const arms = store.runs.arms(RUN);
  return writeReport(summarizeRun(run, arms, store.runs.capStops({ run, arms, spending: store.spending }))).caps;
}

const reserved = (costUsd: number, tokens: number): Parameters<Store["spending"]["reserve"]>[1] => ({
  whole: { costUsd, tokens },
  prompt: { costUsd: costUsd / 2, tokens: tokens / 2 },
});

function spend(store: Store, armId: string, costUsd: number | null): void {
  const id = store.spending.reserve(aKey({ runId: RUN, armId }), reserved(0.04, 1_000));
  const isKnown = costUsd !== null;
  store.spending.settle(id, { costUsd, tokens: isKnown ? 600 : null, billing: isKnown ? "known" : "maybe" }, 0.04);
}

test.for([
  { outcomes: ["c", ""], trials: 1, ended: 1, failed: 1 },
  { outcomes: ["cC", "cc"], trials: 4, ended: 4, failed: 3 },
  { outcomes: ["+-cC+", "-e"], trials: 6, ended: 2, failed: 1 },
  { outcomes: ["+-", "--"], trials: 4, ended: 0, failed: 0 },
])(
  "of $trials graded trials, $ended ended at their cap, with what they spent and what is assumed",
  ({ outcomes, trials, ended, failed }) => {
    const store = emptyStore();
    savePastRun(store, { id: RUN, arm: cappedArm(0.05), tasks: TASKS, outcomes, costUsd: () => 0.012, assumedUsd: 0.005 });

    const [arm] = store.runs.arms(RUN);

    expect(arm).toMatchObject({ graded: trials, maxTrialCostUsd: 0.05, trialCap: { ended, failed, errors: 0 } });
    expect(arm?.trialCap.spentUsd).toBeCloseTo(0.012 * ended, 10);
    expect(arm?.trialCap.assumedUsd).toBeCloseTo(0.005 * ended, 10);
    expect(arm?.perTask.reduce((sum, { failedAtCostCap }) => sum + failedAtCostCap, 0)).toBe(failed);
    expect(capsOf(store)).toHaveLength(ended === 0 ? 0 : 1);
  },
);

test("a cost that is unknown is unknown, and an arm without a cap has none", () => {
  const store = emptyStore();
  savePastRun(store, { id: RUN, arm: cappedArm(0.05), tasks: TASKS, outcomes: ["c", "c"], costUsd: (task) => (task === 0 ? null : 0.01) });
  const other = emptyStore();
  savePastRun(other, { id: RUN, arm: cappedArm(null), tasks: TASKS, outcomes: ["-", "-"] });

  expect(store.runs.arms(RUN)[0]?.trialCap.spentUsd).toBeNull();
  expect(capsOf(store)).toEqual([
    "2 of 2 trials of gpt ended at their cap of $0.05 each; their next requests could have cost more than was left; raise max_trial_cost to let them go on.",
  ]);
  expect(summarizeRun(other.findRun(RUN), other.runs.arms(RUN)).arms[0]?.trialCap).toBeNull();
});

test("trials that only assumed spending kept from going on are errors, and said apart from those that spent their cap", () => {
  const store = emptyStore();
  savePastRun(store, { id: RUN, arm: cappedArm(0.05), tasks: TASKS, outcomes: ["+", "c"], costUsd: () => 0.05 });
  const key = aKey({ runId: RUN, armId: "arm-gpt", attempt: 2 });
  const error = { kind: "error", source: "provider", message: `${ASSUMED_CAP_ERROR}the limit of $0.05 for the trial is reached` } as const;
  store.saveTrial(aTrial(key, error), store.executions.start(key).executionId);

  expect(capsOf(store)).toEqual([
    "1 of 2 trials of gpt ended at its cap of $0.05, with 100 % of it used; its next request could have cost more than was left; raise max_trial_cost to let it go on.",
    "1 trial of gpt is an error, not a result: requests that broke off may have used up its cap of $0.05; --resume tries it again, and a new run with a higher max_trial_cost gives it more room.",
  ]);
});

test("a run that its cap stopped tells what was spent and what is only assumed, also by requests that a kill left open", () => {
  const store = emptyStore();
  savePastRun(store, { id: RUN, arm: cappedArm(null), tasks: TASKS, outcomes: ["+-", "+"] });
  for (const usd of [0.02, 0.03, null]) spend(store, "arm-gpt", usd);
  store.spending.reserve(aKey({ runId: RUN, armId: "arm-gpt" }), reserved(0.01, 500));

  store.endRun(RUN, "failed", "the limit of $0.1 for the run is reached: $0.0500 is spent, and the next request may cost up to $0.0400");
  expect(capsOf(store)).toEqual([
    "The run's cap of $0.1 stopped it: $0.05 is spent, and $0.05 more may have been billed for 2 requests that broke off; 1 of 4 trials is left; resume with a higher --max-cost.",
  ]);

  store.endRun(RUN, "failed", "the limit of 3000 tokens for the run is reached: 1200 are used, and the next request may use up to 1000");
  expect(capsOf(store)).toEqual([
    "The run's cap of 3,000 tokens stopped it: 1.2k are used, and 2 requests that broke off may have used 1.5k more; 1 of 4 trials is left; resume with a higher --max-tokens.",
  ]);
});

test("a model that its max_cost stopped is named, with its own spending", () => {
  const store = emptyStore();
  savePastRun(store, { id: RUN, arm: cappedArm(null), tasks: TASKS, outcomes: ["+", ""] });
  spend(store, "arm-gpt", 0.02);

  store.endRun(RUN, "failed", "gpt: the limit of $0.03 for gpt is reached: $0.0200 is spent, and the next request may cost up to $0.0400");
  expect(capsOf(store)).toEqual([
    "The max_cost of $0.03 stopped gpt: $0.02 is spent; 1 of 2 trials is left; raise it in models.yaml and resume.",
  ]);
});

test.for([
  { title: "nothing", stoppedBy: null },
  { title: "a spent quota", stoppedBy: "gpt: the quota is used up" },
  { title: "its time", stoppedBy: "the run's limit of 3 hours is reached" },
  { title: "a provider that speaks like a cap", stoppedBy: "gpt: HTTP 429: the limit of $5 for the run is reached" },
  { title: "a cap of another arm", stoppedBy: "other: the limit of $5 for other is reached: $4 is spent" },
])("a run that $title stopped has no cap that did", ({ stoppedBy }) => {
  const store = emptyStore();
  savePastRun(store, { id: RUN, arm: cappedArm(null), tasks: TASKS, outcomes: ["+", ""] });
  store.endRun(RUN, "failed", stoppedBy);

  const stops: readonly CapStop[] = store.runs.capStops({ run: store.findRun(RUN), arms: store.runs.arms(RUN), spending: store.spending });

  expect(stops).toEqual([]);
});
