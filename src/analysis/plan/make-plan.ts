import { costOfArm, sumOfCosts, worstCostOf } from "./plan-cost.ts";
import { detectableOf } from "./plan-power.ts";
import type { ArmInput, Plan, PlanInputs, PlannedArm } from "./plan-result.ts";
import { timeOf, wallTimeOf } from "./plan-time.ts";
import { sequentialSaving } from "./sequential-saving.ts";

/** Plans a run: its expected and maximum cost, its duration, and the difference that a comparison could detect. */
export function makePlan(inputs: PlanInputs): Plan {
  const { suite, attempts, concurrency } = inputs;
  const arms = inputs.arms.map((input) => plannedArm(input, inputs));
  const runnable = arms.filter((arm) => arm.missingKey === null);
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
    cost: sumOfCosts(arms),
    runnable: runnable.length === arms.length ? null : { trials: trials(runnable), cost: sumOfCosts(runnable) },
    ...wallTimeOf(inputs),
    alpha: inputs.alpha,
    power: inputs.power,
    detectable: (["prompt", "model"] as const).map((change) => detectableOf(change, inputs)),
    sequential: (["prompt", "model"] as const).map((change) => sequentialSaving(change, suite.tasks.length)),
  };
}

function plannedArm(input: ArmInput, inputs: PlanInputs): PlannedArm {
  const { arm, missingKey } = input;
  const trials = inputs.suite.tasks.length * inputs.attempts;
  const time = timeOf(input, inputs);
  return {
    name: arm.name,
    armId: arm.id,
    agent: arm.agent,
    api: arm.model.api,
    model: arm.model.model,
    prompt: arm.settings.prompt.name,
    missingKey,
    trials,
    ...costOfArm(input, inputs),
    worstCost: worstCostOf(input, trials),
    secondsPerTrial: time.seconds,
    timeBasis: time.basis,
  };
}
