import { intervalAt, type PairedTask, pairedScore, pTwoSided } from "../stats/paired.ts";
import { suiteDifference } from "../stats/suite-scope.ts";
import { type Looks, pAfter, tailAfter } from "./allowance.ts";
import type { Comparison, Estimate } from "./comparison.ts";

/** Error probability of a claim that one arm is better, over both directions. */
export const ALPHA = 0.05;

/** How the difference of two arms is measured: over which tasks, after how many looks, and among how many comparisons. */
export type MeasureTerms = {
  readonly scope: Comparison["scope"];
  readonly looks: Looks;
  readonly comparisons: number;
  /** Size of a difference that does not matter. */
  readonly margin: number;
};

/** A difference with its interval and p after earlier looks; `isEquivalent` when it is shown to be smaller than the margin, in all comparisons together. */
export type Measured = Estimate & { readonly p: number | null; readonly isEquivalent: boolean };

/** Measures the difference in pass rate over tasks, candidate minus baseline. Below two tasks there is a difference but no interval. */
export function measure(tasks: readonly PairedTask[], { scope, looks, comparisons, margin }: MeasureTerms): Measured {
  const found = scope === "suite" ? ofSuite(tasks) : ofTasks(tasks);
  if (found === null) return { value: meanDifference(tasks), low: null, high: null, p: null, isEquivalent: false };
  const { low, high } = found.boundsAt(tailAfter(looks, ALPHA / 2));
  const together = found.boundsAt(tailAfter(looks, ALPHA / 2 / comparisons));
  return {
    value: found.value,
    low,
    high,
    p: pAfter(looks, found.p, { alphaOneSided: ALPHA / 2, comparisons }),
    isEquivalent: together.low > -margin && together.high < margin,
  };
}

type Found = {
  readonly value: number;
  readonly p: number;
  readonly boundsAt: (tail: number) => { readonly low: number; readonly high: number };
};

function ofTasks(tasks: readonly PairedTask[]): Found | null {
  const score = pairedScore(tasks);
  return score && { value: score.difference, p: pTwoSided(score), boundsAt: (tail) => intervalAt(score, tail) };
}

function ofSuite(tasks: readonly PairedTask[]): Found | null {
  const found = suiteDifference(tasks, ALPHA);
  if (found === null) return null;
  return { value: found.difference, p: found.p, boundsAt: (tail) => suiteDifference(tasks, 2 * tail) ?? found };
}

function meanDifference(tasks: readonly PairedTask[]): number {
  const sum = tasks.reduce(
    (total, { baseline, candidate }) => total + candidate.passed / candidate.trials - baseline.passed / baseline.trials,
    0,
  );
  return tasks.length === 0 ? 0 : sum / tasks.length;
}
