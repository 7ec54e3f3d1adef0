import type { PastTrial } from "../../core/history.ts";
import {
  attemptsNeeded,
  effectVariance,
  minimumDetectableEffect,
  PLANNING_DEFAULTS,
  type PowerPlan,
  tasksNeeded,
  varianceComponents,
} from "../../stats/power.ts";
import type { ArmInput, Detectable, PlanInputs, VarianceBasis } from "./plan-result.ts";

type Count = { readonly passed: number; readonly trials: number };
type Variance = { readonly value: number; readonly basis: VarianceBasis };

// Fewer tasks with repeats are too few to estimate a variance.
const MIN_FOR_WITHIN = 5;
const MIN_FOR_EFFECT = 10;
const MIN_WITHIN = 0.01;

/** Computes the difference that a comparison after the run could detect, for one kind of change. */
export function detectableOf(change: Detectable["change"], inputs: PlanInputs): Detectable {
  const within = withinOf(inputs.arms);
  const effect = effectOf(change, inputs.arms);
  const tasks = inputs.suite.tasks.length;
  const plan: PowerPlan = {
    withinBaseline: within.value,
    withinCandidate: within.value,
    effectVariance: effect.value,
    alpha: inputs.alpha,
    power: inputs.power,
  };
  const at = (attempts: number): number | null =>
    tasks < 2 ? null : minimumDetectableEffect({ ...plan, tasks, attemptsBaseline: attempts, attemptsCandidate: attempts });
  return {
    change,
    difference: at(inputs.attempts),
    floor: effect.value === 0 ? null : at(Number.POSITIVE_INFINITY),
    within: within.value,
    withinBasis: within.basis,
    effectVariance: effect.value,
    effectBasis: effect.basis,
    wanted: inputs.detect === null ? null : wantedOf(inputs.detect, plan, inputs),
  };
}

function wantedOf(difference: number, plan: PowerPlan, { suite, attempts }: PlanInputs): Detectable["wanted"] {
  return {
    difference,
    attempts: suite.tasks.length < 2 ? null : attemptsNeeded({ ...plan, tasks: suite.tasks.length, delta: difference }),
    tasks: Math.max(2, tasksNeeded({ ...plan, delta: difference, attemptsBaseline: attempts, attemptsCandidate: attempts })),
  };
}

// Scripted models say nothing about others, and neither does an arm whose outcomes never vary.
function withinOf(arms: readonly ArmInput[]): Variance {
  const real = arms.filter(({ arm }) => arm.model.api !== "scripted");
  const parts = (real.length > 0 ? real : arms).flatMap(({ past }) => {
    const counts = [...countsOf(past.trials).values()].filter(({ trials }) => trials > 1);
    const value = varianceComponents(counts).within;
    return counts.length < MIN_FOR_WITHIN || value < MIN_WITHIN ? [] : [{ value, trials: sum(counts) }];
  });
  if (parts.length === 0) return { value: PLANNING_DEFAULTS.within, basis: { kind: "assumption" } };
  const value = parts.reduce((total, part) => total + part.value, 0) / parts.length;
  return { value, basis: { kind: "past", trials: parts.reduce((total, { trials }) => total + trials, 0) } };
}

function effectOf(change: Detectable["change"], arms: readonly ArmInput[]): Variance {
  const pairs = arms.flatMap((first, index) => arms.slice(index + 1).map((second) => ({ first, second })));
  const parts = pairs
    .filter(({ first, second }) => first.past.kind === "arm" && second.past.kind === "arm" && changeOf(first, second) === change)
    .flatMap(({ first, second }) => {
      const tasks = commonCounts(countsOf(first.past.trials), countsOf(second.past.trials));
      const counts = tasks.flatMap(({ baseline, candidate }) => [baseline, candidate]);
      return tasks.length < MIN_FOR_EFFECT ? [] : [{ value: effectVariance(tasks), trials: sum(counts) }];
    });
  if (parts.length === 0) {
    const value = change === "prompt" ? PLANNING_DEFAULTS.promptEffectVariance : PLANNING_DEFAULTS.modelEffectVariance;
    return { value, basis: { kind: "assumption" } };
  }
  const value = parts.reduce((total, part) => total + part.value, 0) / parts.length;
  return { value, basis: { kind: "past", trials: parts.reduce((total, { trials }) => total + trials, 0) } };
}

function changeOf(first: ArmInput, second: ArmInput): Detectable["change"] {
  return first.arm.model.name === second.arm.model.name ? "prompt" : "model";
}

function countsOf(trials: readonly PastTrial[]): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  for (const { taskDigest, passed } of trials) {
    const before = counts.get(taskDigest) ?? { passed: 0, trials: 0 };
    counts.set(taskDigest, { passed: before.passed + (passed ? 1 : 0), trials: before.trials + 1 });
  }
  return counts;
}

function commonCounts(
  baselines: ReadonlyMap<string, Count>,
  candidates: ReadonlyMap<string, Count>,
): readonly { readonly baseline: Count; readonly candidate: Count }[] {
  return [...baselines].flatMap(([task, baseline]) => {
    const candidate = candidates.get(task);
    return candidate && candidate.trials > 1 && baseline.trials > 1 ? [{ baseline, candidate }] : [];
  });
}

function sum(counts: readonly Count[]): number {
  return counts.reduce((total, { trials }) => total + trials, 0);
}
