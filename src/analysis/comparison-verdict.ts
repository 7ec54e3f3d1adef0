import { normalQuantile } from "../stats/normal.ts";
import { type PairedTask, pairedScore, scoreInterval } from "../stats/paired.ts";
import { attemptsNeeded, attemptsOf, type Change, spreadOf, tasksNeeded } from "../stats/power.ts";
import { studentTQuantile } from "../stats/student-t.ts";
import type { Comparison, ComparisonVerdict, Needed } from "./comparison.ts";

const ALPHA = 0.05;
const POWER = 0.8;
// Beyond this number of attempts the advice is more tasks.
const MAX_ATTEMPTS = 50;

/** Decides whether the candidate is better or worse at 5 %, adjusted for all comparisons of the summary, or how many more trials could decide it. */
export function verdictOf(
  comparison: Pick<Comparison, "difference" | "scope">,
  tasks: readonly PairedTask[],
  change: Change,
): ComparisonVerdict {
  const { low, high, value, adjustedP } = comparison.difference;
  const isSettled = adjustedP !== null && adjustedP < ALPHA;
  if (isSettled && low !== null && low > 0) return { kind: "better" };
  if (isSettled && high !== null && high < 0) return { kind: "worse" };
  return { kind: "cannot-tell", needed: neededFor(Math.abs(value), tasks, { scope: comparison.scope, change }) };
}

function neededFor(
  delta: number,
  tasks: readonly PairedTask[],
  { scope, change }: { readonly scope: Comparison["scope"]; readonly change: Change },
): Needed | null {
  if (delta < 1e-9 || tasks.length < 2) return null;
  const attempts = attemptsOf(tasks);
  const spread = spreadOf(tasks, change);
  const plan = { delta, alpha: ALPHA / 2, power: POWER, ...spread, ...(scope === "suite" ? { effectVariance: 0 } : {}) };
  const each = attemptsNeeded({ ...plan, tasks: tasks.length });
  const more = each === null ? 0 : Math.max(0, each - attempts.baseline) + Math.max(0, each - attempts.candidate);
  if (each !== null && each <= MAX_ATTEMPTS && more > 0) return { trials: Math.ceil(tasks.length * more), as: "attempts" };
  const enough = tasksNeeded({ ...plan, attemptsBaseline: attempts.baseline, attemptsCandidate: attempts.candidate });
  const moreTasks = Math.max(enough - tasks.length, 1);
  return { trials: Math.ceil(moreTasks * (attempts.baseline + attempts.candidate)), as: "tasks" };
}

/**
 * Computes the true difference that a comparison would have found four times in five, from the width of its own interval at a one-sided level or at the critical
 * value of an interim analysis. Null below two tasks.
 */
export function detectableDifference(
  tasks: readonly PairedTask[],
  options: { readonly alphaOneSided: number; readonly critical?: number },
): number | null {
  const score = pairedScore(tasks);
  if (score === null) return null;
  const critical = options.critical ?? studentTQuantile(1 - options.alphaOneSided, score.degreesOfFreedom);
  const { low, high } = scoreInterval(score, critical);
  const half = Math.max(score.difference - low, high - score.difference);
  return Math.min(1, (half * (critical + normalQuantile(POWER))) / critical);
}
