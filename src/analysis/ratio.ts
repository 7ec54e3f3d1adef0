import type { TaskResult } from "../core/record.ts";
import { costPerSolvedRatio, type RatioEstimate, ratioOfTotals, sumsByGroup } from "../stats/ratio.ts";
import type { CommonTask } from "./common-task.ts";
import type { Ratio, RatioMetric } from "./comparison.ts";
import { costPerSolved } from "./cost-per-solved.ts";
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
    const found = ratioOf(metric, meansOf(common, of), unitsOf(common));
    return metric === "cost" && otherPrice ? { ...found, ...NO_RATIO, reason: "prices-differ" } : found;
  });
  const perSolved = perSolvedRatio(common);
  const cost = ratios.findIndex(({ metric }) => metric === "cost");
  return ratios.toSpliced(cost + 1, 0, otherPrice ? { ...perSolved, ...NO_RATIO, reason: "prices-differ" } : perSolved);
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

// Where tasks form groups, these are the units.
type OfUnits = (values: readonly number[]) => readonly number[];

function unitsOf(common: readonly CommonTask[]): OfUnits {
  const groups = common.map(({ baseline, candidate }) => candidate.group ?? baseline.group);
  return (values) => sumsByGroup(values, groups);
}

function ratioOf(metric: RatioMetric, { baseline, candidate }: BothMeans, ofUnits: OfUnits): Ratio {
  const sides = { baseline: mean(baseline), candidate: mean(candidate) };
  if (baseline === null || candidate === null)
    return { metric, ...sides, ...NO_RATIO, reason: metric === "cost" ? "unknown-cost" : "unknown-usage" };
  if (baseline.length < 2) return { metric, ...sides, ...NO_RATIO, reason: "too-few-tasks" };
  const estimate = ratioOfTotals(ofUnits(baseline), ofUnits(candidate), ALPHA);
  if (estimate === null) return { metric, ...sides, ...NO_RATIO, reason: "zero-side" };
  return { metric, ...sides, ...asRatio(estimate), reason: null };
}

function perSolvedRatio(common: readonly CommonTask[]): Ratio {
  const metric = "cost-per-solved";
  const { baseline, candidate } = meansOf(common, (task) => task.costUsd);
  const side = (which: "baseline" | "candidate"): number | null => costPerSolved(common.map((task) => task[which]));
  const sides = { baseline: side("baseline"), candidate: side("candidate") };
  if (baseline === null || candidate === null) return { metric, ...sides, ...NO_RATIO, reason: "unknown-cost" };
  if (sides.baseline === null || sides.candidate === null) return { metric, ...sides, ...NO_RATIO, reason: "nothing-solved" };
  const rates = (which: "baseline" | "candidate"): readonly number[] => common.map((task) => task[which].passed / task[which].trials);
  const ofUnits = unitsOf(common);
  const estimate = costPerSolvedRatio(
    { costs: ofUnits(baseline), rates: ofUnits(rates("baseline")) },
    { costs: ofUnits(candidate), rates: ofUnits(rates("candidate")) },
    ALPHA,
  );
  return estimate ? { metric, ...sides, ...asRatio(estimate), reason: null } : { metric, ...sides, ...NO_RATIO, reason: "too-little-data" };
}

const NO_RATIO = { ratio: null, p: null, uneven: false } as const;

function asRatio(estimate: RatioEstimate): Pick<Ratio, "ratio" | "p" | "uneven"> {
  const { ratio, low, high, p, isUneven } = estimate;
  const isBounded = Number.isFinite(high);
  return { ratio: { value: ratio, low: isBounded ? low : null, high: isBounded ? high : null }, p, uneven: isBounded && isUneven };
}

function mean(values: Means): number | null {
  return values === null || values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
