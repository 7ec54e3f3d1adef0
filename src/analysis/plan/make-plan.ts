import { foreseenCaps } from "./plan-caps.ts";
import { cappedAt, costOfArm, sumOfCosts, worstCostOf } from "./plan-cost.ts";
import { CHANGES, detectableOf, plannedComparison, undecidableAt } from "./plan-power.ts";
import type { ArmInput, Forecast, Plan, PlanInputs, PlannedArm } from "./plan-result.ts";
import { timeOf, wallTimeOf } from "./plan-time.ts";
import { sequentialSaving } from "./sequential-saving.ts";

/** Plans a run: its expected and maximum cost, its duration, and the difference that a comparison could detect. */
export function makePlan(inputs: PlanInputs): Plan {
  const { suite, attempts, concurrency } = inputs;
  const planned = inputs.arms.map((input) => plannedArm(input, inputs));
  const arms = planned.map(({ arm }) => arm);
  const runnable = arms.filter((arm) => arm.missingKey === null);
  const { maxCostUsd } = inputs.caps;
  // Arms without a key will not run, unless the plan is made where no key is.
  const running = planned.filter(({ arm }) => runnable.length === 0 || arm.missingKey === null);
  const trials = (some: readonly PlannedArm[]): number => some.reduce((sum, arm) => sum + arm.trials, 0);
  return {
    schema: "bench-plan/1",
    suite: suite.name,
    suiteDigest: suite.digest,
    tasks: suite.tasks.length,
    attempts,
    concurrency,
    trials: trials(arms),
    arms,
    cost: sumOfCosts(arms, maxCostUsd),
    runnable: runnable.length === arms.length ? null : { trials: trials(runnable), cost: sumOfCosts(runnable, maxCostUsd) },
    caps: foreseenCaps(running, inputs),
    ...wallTimeOf(inputs),
    alpha: inputs.alpha,
    power: inputs.power,
    detectable: inputs.withPower ? CHANGES.map((change) => detectableOf(change, inputs)) : [],
    comparison: plannedComparison(inputs),
    undecidable: undecidableAt(inputs.alpha, inputs),
    sequential: CHANGES.map((change) => sequentialSaving(change, suite.tasks.length)),
  };
}

function plannedArm(
  input: ArmInput,
  inputs: PlanInputs,
): { readonly input: ArmInput; readonly arm: PlannedArm; readonly uncapped: Forecast | null } {
  const { arm, missingKey } = input;
  const trials = inputs.suite.tasks.length * inputs.attempts;
  const time = timeOf(input, inputs);
  const cost = costOfArm(input, inputs);
  const planned: PlannedArm = {
    name: arm.name,
    armId: arm.id,
    agent: arm.agent,
    api: arm.model.api,
    model: arm.model.model,
    prompt: arm.settings.prompt.name,
    missingKey,
    trials,
    ...cost,
    costUsd: cost.costUsd && cappedAt(cost.costUsd, arm.model.maxCostUsd),
    worstCost: worstCostOf(input, trials),
    secondsPerTrial: time.seconds,
    timeBasis: time.basis,
  };
  return { input, arm: planned, uncapped: cost.costUsd };
}
