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

/** Means per trial of each task on one side; null when a value is unknown. */
type Means = readonly number[] | null;
type BothMeans = { readonly baseline: Means; readonly candidate: Means };

function meansOf(common: readonly CommonTask[], of: (task: TaskResult) => number | null): BothMeans {
  const side = (which: "baseline" | "candidate"): Means => {
    const means = common.flatMap((task) => {
      const value = of(task[which]);
      return value === null ? [] : [value / task[which].trials];
    });
    return means.length < common.length ? null : means;
  };
  return { baseline: side("baseline"), candidate: side("candidate") };
}

function ratioOf(metric: RatioMetric, { baseline, candidate }: BothMeans): Ratio {
  const sides = { baseline: mean(baseline), candidate: mean(candidate) };
  if (baseline === null || candidate === null)
    return { metric, ...sides, ratio: null, reason: metric === "cost" ? "unknown-cost" : "unknown-usage" };
  if (baseline.length < 2) return { metric, ...sides, ratio: null, reason: "too-few-tasks" };
  const estimate = ratioOfTotals(baseline, candidate, ALPHA);
  if (estimate === null) return { metric, ...sides, ratio: null, reason: "zero-side" };
  return { metric, ...sides, ratio: asEstimate(estimate), reason: null };
}

function costPerSolved(common: readonly CommonTask[]): Ratio {
  const metric = "cost-per-solved";
  const { baseline, candidate } = meansOf(common, (task) => task.costUsd);
  const rates = {
    baseline: common.map((task) => task.baseline.passed / task.baseline.trials),
    candidate: common.map((task) => task.candidate.passed / task.candidate.trials),
  };
  const side = (costs: Means, passes: readonly number[]): number | null => {
    const solved = mean(passes);
    const cost = mean(costs);
    return solved === null || solved === 0 || cost === null ? null : cost / solved;
  };
  const sides = { baseline: side(baseline, rates.baseline), candidate: side(candidate, rates.candidate) };
  if (baseline === null || candidate === null) return { metric, ...sides, ratio: null, reason: "unknown-cost" };
  if (sides.baseline === null || sides.candidate === null) return { metric, ...sides, ratio: null, reason: "nothing-solved" };
  const estimate = costPerSolvedRatio({ costs: baseline, rates: rates.baseline }, { costs: candidate, rates: rates.candidate }, ALPHA);
  return estimate
    ? { metric, ...sides, ratio: asEstimate(estimate), reason: null }
    : { metric, ...sides, ratio: null, reason: "too-little-data" };
}

function asEstimate({ ratio, low, high }: { readonly ratio: number; readonly low: number; readonly high: number }): Estimate {
  return { value: ratio, low, high };
}

function mean(values: Means): number | null {
  return values === null || values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
