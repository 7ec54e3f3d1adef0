import { formatPoints, formatPointsInterval } from "../core/format.ts";
import type { PairedTask } from "../stats/paired.ts";
import { attemptsNeeded, attemptsOf, type Change, spreadOf, tasksNeeded } from "../stats/power.ts";
import type { Comparison, ComparisonVerdict, Needed } from "./comparison.ts";

const ALPHA = 0.05;
const POWER = 0.8;
// Beyond this more attempts are no advice any more, and more tasks are.
const MAX_ATTEMPTS = 50;

/** Says whether the candidate is better or worse at 5 %, all comparisons of the report considered, or what it would take to tell. */
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

/** The one sentence that closes a comparison. */
export function comparisonSentence(comparison: Omit<Comparison, "sentence">): string {
  const { baseline, candidate, difference, verdict, tasks } = comparison;
  const figures = `${formatPoints(Math.abs(difference.value), { sign: false })} more`;
  const scope = comparison.scope === "tasks" ? "tasks like these" : `exactly these ${tasks.compared} tasks`;
  if (verdict.kind === "better")
    return `Better: ${candidate.label} passes ${figures} than ${baseline.label}${interval(comparison, 1)} over ${scope}.`;
  if (verdict.kind === "worse")
    return `Better: ${baseline.label} passes ${figures} than ${candidate.label}${interval(comparison, -1)} over ${scope}.`;
  return cannotTell(comparison, verdict);
}

// The interval in the direction in which the sentence is told.
function interval({ difference: { low, high } }: Pick<Comparison, "difference">, sign: 1 | -1): string {
  if (low === null || high === null) return "";
  return sign === 1 ? ` ${formatPointsInterval(low, high)}` : ` ${formatPointsInterval(-high, -low)}`;
}

function cannotTell(comparison: Omit<Comparison, "sentence">, verdict: Extract<ComparisonVerdict, { kind: "cannot-tell" }>): string {
  const { baseline, candidate, difference, tasks } = comparison;
  if (tasks.compared === 0) return `Cannot tell: ${baseline.label} and ${candidate.label} have no graded task in common.`;
  if (tasks.compared === 1) return "Cannot tell: one task says nothing about others; compare on more tasks.";
  const bounds = difference.low === null || difference.high === null ? "" : ` ${formatPointsInterval(difference.low, difference.high)}`;
  if (Math.abs(difference.value) < 1e-9)
    return `Cannot tell: ${candidate.label} and ${baseline.label} pass equally often${bounds}; ${couldSee(comparison)}.`;
  const seen = `${candidate.label} passes ${formatPoints(Math.abs(difference.value), { sign: false })} ${difference.value > 0 ? "more" : "less"} than ${baseline.label}${bounds}`;
  if (verdict.needed === null) return `Cannot tell: ${seen}.`;
  const how = verdict.needed.as === "attempts" ? "more attempts of each task" : "more tasks like these";
  return `Cannot tell: ${seen}; about ${verdict.needed.trials} more trials (${how}) would tell a difference of this size.`;
}

function couldSee({ detectable }: Pick<Comparison, "detectable">): string {
  return detectable === null
    ? "nothing more can be said"
    : `a difference below ${formatPoints(detectable, { sign: false })} would often have been missed`;
}
