import type { PastTrial } from "../../core/history.ts";
import { detectableDifferenceOf, effectVarianceAt, type PowerQuestion } from "../../stats/planning/detectable.ts";
import { assumedPopulation } from "../../stats/planning/estimate.ts";
import { attemptsFor, tasksFor } from "../../stats/planning/needed.ts";
import { effectVariance, minimumDetectableEffect, PLANNING_DEFAULTS, varianceComponents } from "../../stats/power.ts";
import type { Undecidable } from "../comparison.ts";
import { groupSizesOf, undecidable } from "../comparison-power.ts";
import type { ArmInput, Detectable, PlanInputs, PlannedComparison, VarianceBasis } from "./plan-result.ts";

type Count = { readonly passed: number; readonly trials: number };
type Variance = { readonly value: number; readonly basis: VarianceBasis };

// Fewer tasks with repeats are too few to estimate a variance.
const MIN_FOR_WITHIN = 5;
const MIN_FOR_EFFECT = 10;
const MIN_WITHIN = 0.01;

const COMPARE_ALPHA = 0.05;
// More tasks than these are out of reach.
const MOST_TASKS = 10_000;

/** The kinds of change that a plan tells apart. */
export const CHANGES = ["prompt", "model"] as const;

/** Computes the difference that a comparison after the run could detect, for one kind of change. */
export function detectableOf(change: Detectable["change"], inputs: PlanInputs): Detectable {
  const within = withinOf(inputs.arms);
  const effect = effectOf(change, inputs.arms);
  const question = questionOf(change, inputs, inputs.alpha);
  return {
    change,
    difference: detectableDifferenceOf(question, inputs.power),
    floor: floorOf(question, inputs),
    within: within.value,
    withinBasis: within.basis,
    effectVariance: effect.value,
    effectBasis: effect.basis,
    wanted: inputs.detect === null ? null : wantedOf(inputs.detect, question, inputs.power),
  };
}

// Without noise within tasks there is still that of the tasks' own effects.
function floorOf(question: PowerQuestion, { alpha, power, suite }: PlanInputs): number | null {
  const effectVariance = question.population.agreement >= 1 ? 0 : effectVarianceAt(question);
  const tasks = suite.tasks.length;
  if (effectVariance <= 0 || tasks < 2) return null;
  const unlimited = { attemptsBaseline: Number.POSITIVE_INFINITY, attemptsCandidate: Number.POSITIVE_INFINITY };
  return minimumDetectableEffect({ withinBaseline: 0, withinCandidate: 0, effectVariance, alpha, power, tasks, ...unlimited });
}

/** Computes what `bench compare` could find after the run, where the first arm is compared with each of the others. */
export function plannedComparison(inputs: PlanInputs): PlannedComparison {
  const comparisons = Math.max(1, inputs.arms.length - 1);
  const alpha = COMPARE_ALPHA / 2 / comparisons;
  const at = (change: Detectable["change"]): number | null => detectableDifferenceOf(questionOf(change, inputs, alpha), inputs.power);
  const detectable = inputs.withPower ? CHANGES.map((change) => ({ change, difference: at(change) })) : [];
  return { comparisons, detectable, undecidable: undecidableAt(alpha, inputs) };
}

/** Says that no result of the planned trials could show a difference at a one-sided risk; null where some could. */
export function undecidableAt(alpha: number, { suite, attempts }: PlanInputs): Undecidable | null {
  return undecidable({ tasks: suite.tasks.length, attempts, groupSizes: groupSizesOf(suite.tasks) }, alpha);
}

function questionOf(change: Detectable["change"], { suite, attempts, arms }: PlanInputs, alpha: number): PowerQuestion {
  const within = withinOf(arms);
  const effect = effectOf(change, arms);
  const population = assumedPopulation(change, {
    rate: rateOf(arms),
    within: within.basis.kind === "past" ? within.value : undefined,
    effectVariance: effect.basis.kind === "past" ? effect.value : undefined,
  });
  return {
    design: { tasks: suite.tasks.length, attempts: { baseline: attempts, candidate: attempts }, groupSizes: groupSizesOf(suite.tasks) },
    population,
    test: { alpha },
    scope: "tasks",
  };
}

// The mean over tasks and arms of past trials; unknown where there are few.
function rateOf(arms: readonly ArmInput[]): number | undefined {
  const real = arms.filter(({ arm }) => arm.model.api !== "scripted");
  const rates = (real.length > 0 ? real : arms).flatMap(({ past }) => {
    const counts = [...countsOf(past.trials).values()];
    return counts.length < MIN_FOR_WITHIN ? [] : [counts.reduce((total, { passed, trials }) => total + passed / trials, 0) / counts.length];
  });
  return rates.length === 0 ? undefined : rates.reduce((total, rate) => total + rate, 0) / rates.length;
}

function wantedOf(difference: number, question: PowerQuestion, power: number): Detectable["wanted"] {
  // Like the difference that could be detected, this is one towards the middle.
  const { rate } = question.population;
  const towardsMiddle = { ...question, population: { ...question.population, rate: Math.max(rate, 1 - rate) } };
  return {
    difference,
    attempts: question.design.tasks < 2 ? null : attemptsFor(towardsMiddle, -difference, power),
    tasks: tasksFor(towardsMiddle, -difference, { power, most: MOST_TASKS }),
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
