import type { CapStop } from "../core/cap.ts";
import type { ArmResult, RunRecord } from "../core/record.ts";
import { holm, rankIntervals } from "../stats/multiplicity.ts";
import type { PairedTask } from "../stats/paired.ts";
import { passK, passKDifference } from "../stats/pass-k.ts";
import { passRate } from "../stats/pass-rate.ts";
import type { Change } from "../stats/power.ts";
import { signFlip } from "../stats/sign-flip.ts";
import { isRepeated } from "../stats/suite-scope.ts";
import { type Family, familyOf, looksOf, type Pair, pAfter, tailAfter } from "./allowance.ts";
import { type CommonTask, commonTasks, pairedTask, sharedTasks } from "./common-task.ts";
import type { Allowance, Comparison, Estimate, Side, TaskPair } from "./comparison.ts";
import { type ComparisonTest, detectableDifference, neededFor, undecidableTasks } from "./comparison-power.ts";
import { verdictOf } from "./comparison-verdict.ts";
import { flawsOf } from "./find-flaws.ts";
import { ALPHA, type Measured, type MeasureTerms, measure } from "./measure.ts";
import { mismatchesOf } from "./mismatch.ts";
import { filledTasks } from "./missing-grades.ts";
import { partDifferences } from "./part/part-difference.ts";
import { ratiosOf } from "./ratio.ts";
import { scopedTasks } from "./suite-scope.ts";
import { type ArmInRun, labelsOf, type Summary, summarize } from "./summary.ts";

/** What a comparison is about: tasks like these, or exactly these tasks. */
export type Scope = Comparison["scope"];

/** What comparisons allow for, and when two arms count as alike. */
export type CompareTerms = {
  /** Arms of the same runs that were not named, each of which could have been. */
  readonly mates?: readonly ArmInRun[];
  /** Whether the first arm is the first of its run, and so was the baseline before there were results; true unless told otherwise. */
  readonly isFirst?: boolean;
  /** The pairs were chosen before there were results, so `mates` do not count. */
  readonly planned?: boolean;
  /** Counts the earlier runs whose trials of both arms are part of these. */
  readonly grownFrom?: (pair: Pair) => number;
  /** Differences below this share do not matter; 0.05 unless told otherwise. */
  readonly margin?: number;
  /** Whether to find out what the comparison could have shown and what more trials could, which takes seconds for some; true unless told otherwise. */
  readonly power?: boolean;
};

const DEFAULT_MARGIN = 0.05;

/**
 * Compares every arm after the first with the first; p-values are Holm-adjusted over all pairs that could have been named, and ranks come from all pairs of arms.
 */
export function compareArms(sides: readonly ArmInRun[], scope: Scope, terms: CompareTerms = {}): Summary {
  const runs = [...new Map(sides.map(({ run }) => [run.id, run])).values()];
  const summary = summarize(sides, runs);
  const [first, ...others] = sides;
  if (!first) return summary;
  const labels = labelsOf(sides);
  const family = familyOf(sides, { mates: terms.mates ?? [], isFirst: terms.isFirst ?? true });
  const unnamed = terms.planned ? [] : family.unnamed;
  const comparisons = others.length + unnamed.length;
  const termsOf = (pair: Pair): MeasureTerms => ({
    scope,
    looks: looksOf(pair, terms.grownFrom?.(pair) ?? 0),
    comparisons,
    margin: terms.margin ?? DEFAULT_MARGIN,
  });
  const named = others.map((candidate, index) =>
    compareTwo({ baseline: first, candidate }, [sideOf(first, labels[0]), sideOf(candidate, labels[index + 1])], {
      ...termsOf({ baseline: first, candidate }),
      power: terms.power ?? true,
    }),
  );
  const unnamedP = unnamed.map((pair) => measuredPair(pair, termsOf(pair)).p ?? 1);
  const adjusted = holm([...named.map(({ measured }) => measured.p ?? 1), ...unnamedP]);
  const allowed = familyAllowance(comparisons, { family, planned: terms.planned ?? false });
  const concluded = named.map((one, index) => conclude(one, { adjustedP: adjusted[index] ?? 1, allowed }));
  const ranks = ranksOf(sides, termsOf, unnamedP);
  return { ...summary, comparisons: concluded, arms: summary.arms.map((arm, index) => ({ ...arm, rank: ranks[index] ?? null })) };
}

function familyAllowance(count: number, { family, planned }: { readonly family: Family; readonly planned: boolean }): readonly Allowance[] {
  if (planned && family.unnamed.length > 0) return [{ kind: "planned", others: family.unnamed.length }];
  return count > 1 ? [{ kind: "comparisons", count, of: family.of, arms: family.arms }] : [];
}

/** Summarizes a run, with each arm after the first compared with the first; `capStops` are the caps that stopped it. */
export function compareRun(
  run: RunRecord,
  sides: readonly ArmInRun[],
  { capStops = [], ...terms }: CompareTerms & { readonly capStops?: readonly CapStop[] } = {},
): Summary {
  return { ...(sides.length > 1 ? compareArms(sides, "tasks", terms) : summarize(sides, [run])), capStops };
}

/** Describes one side of a comparison; without a label it gets the name of its arm. */
export function sideOf({ run, arm }: ArmInRun, label: string | undefined): Side {
  return { label: label ?? arm.name, armId: arm.armId, runId: run.id, scripted: arm.api === "scripted" };
}

type PairTerms = MeasureTerms & { readonly power: boolean };
type Unconcluded = Omit<Comparison, "verdict" | "allowances"> & {
  readonly pair: Pair;
  readonly common: readonly CommonTask[];
  readonly measured: Measured;
  readonly terms: PairTerms;
  readonly test: ComparisonTest;
};

function compareTwo(pair: Pair, [baseline, candidate]: readonly [Side, Side], terms: PairTerms): Unconcluded {
  const { common: paired, leftOut } = commonTasks(pair.baseline.arm.perTask, pair.candidate.arm.perTask);
  const { used: common, withoutRepeats, gap } = scopedTasks(paired, terms.scope);
  const tasks = common.map(pairedTask);
  const pairs = common.map(taskPair);
  const measured = measure(tasks, terms);
  const { value, low, high, p, isEquivalent } = measured;
  const flip = tasks.length < 2 ? null : signFlip(tasks);
  const flipP = flip && pAfter(terms.looks, flip.twoSidedMidP, { alphaOneSided: ALPHA / 2, comparisons: terms.comparisons });
  const test = testOf(pair, terms);
  return {
    pair,
    common,
    measured,
    terms,
    test,
    baseline,
    candidate,
    scope: terms.scope,
    tasks: { compared: common.length, leftOut, withoutRepeats },
    suiteGap: gap,
    passRate: { baseline: passRate(common.map((task) => task.baseline)), candidate: passRate(common.map((task) => task.candidate)) },
    difference: { value, low, high, p, adjustedP: null },
    signFlipP: flip?.twoSidedMidP ?? null,
    fragile: flipP !== null && p !== null && terms.scope === "tasks" && flipP < ALPHA !== p < ALPHA,
    repeats: repeatsOf(tasks),
    parts: partDifferences(pair, common, terms),
    ratios: ratiosOf(common, pair),
    better: pairs.filter((task) => task.difference > 0).sort((a, b) => b.difference - a.difference),
    worse: pairs.filter((task) => task.difference < 0).sort((a, b) => a.difference - b.difference),
    tied: pairs.filter((task) => task.difference === 0).length,
    mismatches: mismatchesOf(pair.baseline, pair.candidate, sharedTasks(pair.baseline.arm.perTask, pair.candidate.arm.perTask)),
    detectable: terms.power ? detectableDifference(tasks, test) : null,
    undecidable: terms.scope === "suite" ? null : undecidableTasks(tasks, test.alphaOneSided),
    equivalence: { margin: terms.margin, shown: isEquivalent },
  };
}

// The smallest of several p-values is held to this in Holm's method.
function testOf({ baseline, candidate }: Pair, { scope, looks, comparisons }: MeasureTerms): ComparisonTest {
  return { alphaOneSided: tailAfter(looks, ALPHA / 2 / comparisons), change: changeBetween(baseline.arm, candidate.arm), scope };
}

function measuredPair({ baseline, candidate }: Pair, terms: MeasureTerms): Measured {
  const { used } = scopedTasks(commonTasks(baseline.arm.perTask, candidate.arm.perTask).common, terms.scope);
  return measure(used.map(pairedTask), terms);
}

function conclude(
  { pair, common, measured, terms, test, ...comparison }: Unconcluded,
  { adjustedP, allowed }: { readonly adjustedP: number; readonly allowed: readonly Allowance[] },
): Comparison {
  const { baseline, candidate, tasks } = comparison;
  const adjusted = measured.p === null ? null : adjustedP;
  const missing = missingTrials(pair);
  const { worst, best } = filledTasks(pair);
  const verdict = verdictOf({
    flaws: flawsOf({ ...pair, labels: { baseline, candidate } }),
    tasks: tasks.compared,
    measured,
    adjustedP: adjusted,
    filled: missing === 0 ? [] : [worst, best].map((one) => measure(terms.scope === "suite" ? one.filter(isRepeated) : one, terms)),
    missing,
    needed: !terms.power ? null : neededFor(measured.value, common.map(pairedTask), test),
  });
  const allowances = [...allowed, ...(terms.looks ? [terms.looks] : [])];
  return { ...comparison, difference: { ...comparison.difference, adjustedP: adjusted }, allowances, verdict };
}

function missingTrials({ baseline, candidate }: Pair): number {
  return [baseline, candidate].reduce((sum, { run, arm }) => sum + arm.perTask.length * run.attempts - arm.graded, 0);
}

function taskPair(task: CommonTask): TaskPair {
  const { baseline, candidate } = pairedTask(task);
  const difference = candidate.passed / candidate.trials - baseline.passed / baseline.trials;
  return { taskId: task.baseline.taskId, baseline, candidate, difference };
}

/** Classifies what changed between two arms: the model, or the prompt of the same model. */
export function changeBetween(baseline: Pick<ArmResult, "model">, candidate: Pick<ArmResult, "model">): Change {
  return baseline.model === candidate.model ? "prompt" : "model";
}

// An arm ranks above another only where the p over all pairs, Holm-adjusted, is below 5 %, and never on data with flaws.
function ranksOf(
  sides: readonly ArmInRun[],
  termsOf: (pair: Pair) => MeasureTerms,
  unnamed: readonly number[],
): readonly ({ readonly low: number; readonly high: number } | null)[] {
  if (sides.length < 2) return sides.map(() => null);
  const pairs = sides.flatMap((baseline, first) =>
    sides.slice(first + 1).map((candidate, offset) => {
      const pair = { baseline, candidate };
      const { value, p } = measuredPair(pair, termsOf(pair));
      return { first, second: first + 1 + offset, difference: value, p: hasFlaw(pair) ? 1 : (p ?? 1) };
    }),
  );
  const adjusted = holm([...pairs.map(({ p }) => p), ...unnamed]);
  return rankIntervals(
    sides.length,
    pairs.map(({ p: _p, ...pair }, index) => ({ ...pair, adjustedP: adjusted[index] ?? 1 })),
    ALPHA,
  );
}

function hasFlaw(pair: Pair): boolean {
  const labels = { baseline: sideOf(pair.baseline, undefined), candidate: sideOf(pair.candidate, undefined) };
  return flawsOf({ ...pair, labels }).length > 0;
}

/** Compares how often all of k attempts pass, and how often at least one does; k is the largest number that every task supports on both sides. Null below 2. */
function repeatsOf(tasks: readonly PairedTask[]): Comparison["repeats"] {
  const k = Math.min(...tasks.flatMap(({ baseline, candidate }) => [baseline.trials, candidate.trials]));
  if (tasks.length < 2 || k < 2) return null;
  const side = (kind: "any" | "all"): { baseline: Estimate; candidate: Estimate; difference: Estimate } | null => {
    const baseline = passK(
      tasks.map(({ baseline: counts, group = null }) => ({ ...counts, group })),
      k,
      kind,
    );
    const candidate = passK(
      tasks.map(({ candidate: counts, group = null }) => ({ ...counts, group })),
      k,
      kind,
    );
    const difference = passKDifference(tasks, k, kind);
    return baseline && candidate && difference ? { baseline, candidate, difference } : null;
  };
  const passHatK = side("all");
  const passAtK = side("any");
  return passHatK && passAtK ? { k, passHatK, passAtK } : null;
}
