import type { TaskResult } from "../core/record.ts";
import { costPerSolvedRatio, ratioOfTotals } from "../stats/ratio.ts";
import type { CommonTask } from "./common-task.ts";
import type { Estimate, Ratio, RatioMetric } from "./comparison.ts";
import { pricesDiffer } from "./mismatch.ts";
import type { ArmInRun } from "./summary.ts";

const ALPHA = 0.05;

const FIGURES: readonly { readonly metric: RatioMetric; readonly of: (task: TaskResult) => number | null }[] = [
  { metric: "iterations", of: (task) => task.iterations },
  { metric: "uncached-tokens", of: (task) => task.uncachedTokens },
  { metric: "cached-tokens", of: (task) => task.cachedTokens },
  { metric: "output-tokens", of: (task) => task.outputTokens },
  { metric: "cost", of: (task) => task.costUsd },
  { metric: "time", of: (task) => task.workingMs },
];

/** Compares iterations, tokens, cost and time of a trial on both sides: means over tasks, and the ratio of the totals with its interval. */
export function ratiosOf(
  common: readonly CommonTask[],
  sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun },
): readonly Ratio[] {
  const otherPrice = pricesDiffer(sides.baseline.arm, sides.candidate.arm);
  const ratios = FIGURES.map(({ metric, of }): Ratio => {
    const found = ratioOf(metric, meansOf(common, of));
    return metric === "cost" && otherPrice ? { ...found, ratio: null, reason: "prices-differ" } : found;
  });
  const perSolved = costPerSolved(common);
  const cost = ratios.findIndex(({ metric }) => metric === "cost");
  return ratios.toSpliced(cost + 1, 0, otherPrice ? { ...perSolved, ratio: null, reason: "prices-differ" } : perSolved);
}

type Means = { readonly baseline: readonly number[]; readonly candidate: readonly number[] } | null;

// Means per trial for each task; null when a value is unknown.
function meansOf(common: readonly CommonTask[], of: (task: TaskResult) => number | null): Means {
  const baseline: number[] = [];
  const candidate: number[] = [];
  for (const task of common) {
    const before = of(task.baseline);
    const after = of(task.candidate);
    if (before === null || after === null) return null;
    baseline.push(before / task.baseline.trials);
    candidate.push(after / task.candidate.trials);
  }
  return { baseline, candidate };
}

function ratioOf(metric: RatioMetric, means: Means): Ratio {
  if (means === null)
    return { metric, baseline: null, candidate: null, ratio: null, reason: metric === "cost" ? "unknown-cost" : "unknown-usage" };
  const sides = { baseline: mean(means.baseline), candidate: mean(means.candidate) };
  if (means.baseline.length < 2) return { metric, ...sides, ratio: null, reason: "too-few-tasks" };
  const estimate = ratioOfTotals(means.baseline, means.candidate, ALPHA);
  if (estimate === null) return { metric, ...sides, ratio: null, reason: "zero-side" };
  return { metric, ...sides, ratio: asEstimate(estimate), reason: null };
}

function costPerSolved(common: readonly CommonTask[]): Ratio {
  const metric = "cost-per-solved";
  const means = meansOf(common, (task) => task.costUsd);
  if (means === null) return { metric, baseline: null, candidate: null, ratio: null, reason: "unknown-cost" };
  const rates = {
    baseline: common.map(({ baseline }) => baseline.passed / baseline.trials),
    candidate: common.map(({ candidate }) => candidate.passed / candidate.trials),
  };
  const side = (costs: readonly number[], passes: readonly number[]): number | null => {
    const solved = mean(passes);
    const cost = mean(costs);
    return solved === null || solved === 0 || cost === null ? null : cost / solved;
  };
  const sides = { baseline: side(means.baseline, rates.baseline), candidate: side(means.candidate, rates.candidate) };
  if (sides.baseline === null || sides.candidate === null) return { metric, ...sides, ratio: null, reason: "nothing-solved" };
  const estimate = costPerSolvedRatio(
    { costs: means.baseline, rates: rates.baseline },
    { costs: means.candidate, rates: rates.candidate },
    ALPHA,
  );
  return estimate
    ? { metric, ...sides, ratio: asEstimate(estimate), reason: null }
    : { metric, ...sides, ratio: null, reason: "too-little-data" };
}

function asEstimate({ ratio, low, high }: { readonly ratio: number; readonly low: number; readonly high: number }): Estimate {
  return { value: ratio, low, high };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
