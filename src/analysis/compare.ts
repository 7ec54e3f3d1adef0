import type { CapStop } from "../core/cap.ts";
import type { ArmResult, RunRecord } from "../core/record.ts";
import { holm, rankIntervals } from "../stats/multiplicity.ts";
import { intervalAt, type PairedScore, type PairedTask, pairedScore, pTwoSided } from "../stats/paired.ts";
import { passK, passKDifference } from "../stats/pass-k.ts";
import { passRate } from "../stats/pass-rate.ts";
import type { Change } from "../stats/power.ts";
import { signFlip } from "../stats/sign-flip.ts";
import { suiteDifference } from "../stats/suite-scope.ts";
import { type CommonTask, commonTasks, pairedTask } from "./common-task.ts";
import type { Comparison, Estimate, Side, TaskPair } from "./comparison.ts";
import { type ComparisonTest, detectableDifference, undecidableTasks } from "./comparison-power.ts";
import { verdictOf } from "./comparison-verdict.ts";
import { mismatchesOf } from "./mismatch.ts";
import { ratiosOf } from "./ratio.ts";
import { scopedTasks } from "./suite-scope.ts";
import { type ArmInRun, labelsOf, type Summary, summarize } from "./summary.ts";

/** What a comparison is about: tasks like these, or exactly these tasks. */
export type Scope = Comparison["scope"];

const ALPHA = 0.05;

/** Compares every arm after the first with the first; p-values are Holm-adjusted over all comparisons, and ranks come from all pairs of arms. */
export function compareArms(sides: readonly ArmInRun[], scope: Scope): Summary {
  const runs = [...new Map(sides.map(({ run }) => [run.id, run])).values()];
  const summary = summarize(sides, runs);
  const [first, ...others] = sides;
  if (!first) return summary;
  const labels = labelsOf(sides);
  const raw = others.map((side, index) =>
    compareTwo(sideOf(first, labels[0]), sideOf(side, labels[index + 1]), {
      baseline: first,
      candidate: side,
      scope,
      family: others.length,
    }),
  );
  const adjusted = holm(raw.map((comparison) => comparison.difference.p ?? 1));
  const comparisons = raw.map((comparison, index) =>
    concluded(comparison, comparison.difference.p === null ? null : (adjusted[index] ?? 1)),
  );
  const ranks = ranksOf(sides, scope);
  return { ...summary, comparisons, arms: summary.arms.map((arm, index) => ({ ...arm, rank: ranks[index] ?? null })) };
}

/** Summarizes a run, with each arm after the first compared with the first; `capStops` are the caps that stopped it. */
export function compareRun(run: RunRecord, sides: readonly ArmInRun[], capStops: readonly CapStop[] = []): Summary {
  return { ...(sides.length > 1 ? compareArms(sides, "tasks") : summarize(sides, [run])), capStops };
}

/** Describes one side of a comparison; without a label it gets the name of its arm. */
export function sideOf({ run, arm }: ArmInRun, label: string | undefined): Side {
  return { label: label ?? arm.name, armId: arm.armId, runId: run.id, scripted: arm.api === "scripted" };
}

type Pair = { readonly baseline: ArmInRun; readonly candidate: ArmInRun; readonly scope: Scope; readonly family: number };
type Unconcluded = Omit<Comparison, "verdict"> & { readonly common: readonly CommonTask[]; readonly test: ComparisonTest };

function compareTwo(baseline: Side, candidate: Side, pair: Pair): Unconcluded {
  const { common: paired, leftOut } = commonTasks(pair.baseline.arm.perTask, pair.candidate.arm.perTask);
  const { used: common, withoutRepeats, gap } = scopedTasks(paired, pair.scope);
  const tasks = common.map(pairedTask);
  const score = pairedScore(tasks);
  const pairs = common.map(taskPair);
  const flip = tasks.length < 2 ? null : signFlip(tasks);
  const difference = differenceOf(tasks, pair.scope, score);
  // The smallest of several p-values is held to this in Holm's method.
  const alphaOneSided = ALPHA / 2 / pair.family;
  const test = { alphaOneSided, change: changeBetween(pair.baseline.arm, pair.candidate.arm), scope: pair.scope };
  return {
    baseline,
    candidate,
    common,
    test,
    scope: pair.scope,
    tasks: { compared: common.length, leftOut, withoutRepeats },
    suiteGap: gap,
    passRate: { baseline: passRate(common.map((task) => task.baseline)), candidate: passRate(common.map((task) => task.candidate)) },
    difference: { ...difference, adjustedP: null },
    signFlipP: flip?.twoSidedMidP ?? null,
    fragile: flip !== null && difference.p !== null && pair.scope === "tasks" && flip.twoSidedMidP < ALPHA !== difference.p < ALPHA,
    repeats: repeatsOf(tasks),
    ratios: ratiosOf(common, pair),
    better: pairs.filter((task) => task.difference > 0).sort((a, b) => b.difference - a.difference),
    worse: pairs.filter((task) => task.difference < 0).sort((a, b) => a.difference - b.difference),
    tied: pairs.filter((task) => task.difference === 0).length,
    mismatches: mismatchesOf(pair.baseline, pair.candidate, { compared: paired.length, leftOut: leftOut.length }),
    detectable: detectableDifference(tasks, test),
    undecidable: pair.scope === "suite" ? null : undecidableTasks(tasks, alphaOneSided),
  };
}

function taskPair(task: CommonTask): TaskPair {
  const { baseline, candidate } = pairedTask(task);
  const difference = candidate.passed / candidate.trials - baseline.passed / baseline.trials;
  return { taskId: task.baseline.taskId, baseline, candidate, difference };
}

// Below two tasks there is a difference but no interval.
function differenceOf(tasks: readonly PairedTask[], scope: Scope, score: PairedScore | null): Omit<Comparison["difference"], "adjustedP"> {
  if (scope === "suite") {
    const fixed = suiteDifference(tasks, ALPHA);
    if (fixed) return { value: fixed.difference, low: fixed.low, high: fixed.high, p: fixed.p };
  } else if (score) {
    return { value: score.difference, ...intervalAt(score, ALPHA / 2), p: pTwoSided(score) };
  }
  const sum = tasks.reduce(
    (total, { baseline, candidate }) => total + candidate.passed / candidate.trials - baseline.passed / baseline.trials,
    0,
  );
  return { value: tasks.length === 0 ? 0 : sum / tasks.length, low: null, high: null, p: null };
}

/** Classifies what changed between two arms: the model, or the prompt of the same model. */
export function changeBetween(baseline: Pick<ArmResult, "model">, candidate: Pick<ArmResult, "model">): Change {
  return baseline.model === candidate.model ? "prompt" : "model";
}

function concluded({ common, test, ...comparison }: Unconcluded, adjustedP: number | null): Comparison {
  const whole = { ...comparison, difference: { ...comparison.difference, adjustedP } };
  return { ...whole, verdict: verdictOf(whole, common.map(pairedTask), test) };
}

// An arm ranks above another, in the scope of the comparison, only where the Holm-adjusted p over all pairs is below 5 %.
function ranksOf(sides: readonly ArmInRun[], scope: Scope): readonly ({ readonly low: number; readonly high: number } | null)[] {
  if (sides.length < 2) return sides.map(() => null);
  const pairs = sides.flatMap((first, index) =>
    sides.slice(index + 1).flatMap((second, offset) => {
      const { used } = scopedTasks(commonTasks(first.arm.perTask, second.arm.perTask).common, scope);
      const tasks = used.map(pairedTask);
      const { value, p } = differenceOf(tasks, scope, pairedScore(tasks));
      return p === null ? [] : [{ first: index, second: index + 1 + offset, difference: value, p }];
    }),
  );
  const adjusted = holm(pairs.map(({ p }) => p));
  return rankIntervals(
    sides.length,
    pairs.map(({ p: _p, ...pair }, index) => ({ ...pair, adjustedP: adjusted[index] ?? 1 })),
    ALPHA,
  );
}

/** Compares how often all of k attempts pass, and how often at least one does; k is the largest number that every task supports on both sides. Null below 2. */
function repeatsOf(tasks: readonly PairedTask[]): Comparison["repeats"] {
  const k = Math.min(...tasks.flatMap(({ baseline, candidate }) => [baseline.trials, candidate.trials]));
  if (tasks.length < 2 || k < 2) return null;
  const side = (kind: "any" | "all"): { baseline: Estimate; candidate: Estimate; difference: Estimate } | null => {
    const baseline = passK(
      tasks.map((task) => task.baseline),
      k,
      kind,
    );
    const candidate = passK(
      tasks.map((task) => task.candidate),
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
