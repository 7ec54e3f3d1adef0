import type { Comparison, ComparisonVerdict, Mismatch, MissingRatio, Ratio } from "../analysis/comparison.ts";
import { formatDuration, formatPoints, formatPointsInterval, formatTokens, formatUsd } from "../core/format.ts";
import { neededClause, suiteGapClause } from "./power-words.ts";

/** The name of each ratio, and how its two sides are written. */
export const METRICS: Readonly<Record<Ratio["metric"], { readonly name: string; readonly show: (value: number) => string }>> = {
  iterations: { name: "Iterations", show: (value) => value.toFixed(1) },
  "uncached-tokens": { name: "Uncached tokens", show: formatTokens },
  "cached-tokens": { name: "Cached tokens", show: formatTokens },
  "output-tokens": { name: "Output tokens", show: formatTokens },
  cost: { name: "Cost of a trial", show: formatUsd },
  "cost-per-solved": { name: "Cost per solved", show: formatUsd },
  time: { name: "Time of a trial", show: formatDuration },
};

const MISSING_RATIO: Readonly<Record<MissingRatio, string>> = {
  "unknown-cost": "a cost is unknown",
  "unknown-usage": "a count of tokens is unknown",
  "prices-differ": "the prices differ",
  "too-few-tasks": "there are fewer than two tasks",
  "zero-side": "one side is zero",
  "nothing-solved": "one side solved nothing",
  "too-little-data": "there is too little data",
};

/** Says why a ratio cannot be formed. */
export function missingRatioWords(reason: MissingRatio): string {
  return MISSING_RATIO[reason];
}

/** Writes one side of a ratio: its figure, `unknown` for an unknown cost or count of tokens, or `-`. */
export function shownFigure(
  { metric, reason }: { readonly metric: Ratio["metric"]; readonly reason: string | null },
  value: number | null,
): string {
  if (value !== null) return METRICS[metric].show(value);
  const isUnknown = reason === MISSING_RATIO["unknown-cost"] || reason === MISSING_RATIO["unknown-usage"];
  // Prices that differ say nothing about a cost that is missing.
  return isUnknown || (metric === "cost" && reason === MISSING_RATIO["prices-differ"]) ? "unknown" : "-";
}

/** A mismatch in words: what differs, and its value on either side. */
export type WrittenMismatch = Pick<Mismatch, "misleading"> & {
  readonly what: string;
  readonly baseline: string;
  readonly candidate: string;
};

/** Puts a mismatch into words. */
export function mismatchWords({ subject, baseline, candidate, misleading }: Mismatch): WrittenMismatch {
  const missing = subject.kind === "runtime" ? "the engine's own" : "-";
  return { what: subjectWords(subject), baseline: baseline ?? missing, candidate: candidate ?? missing, misleading };
}

const SUBJECTS = {
  image: "image",
  "harness-version": "harness and grader version",
  runtime: "container runtime",
  attempts: "attempts",
  agent: "agent",
  price: "price (costs are not compared)",
  "price-list-date": "date of the price list",
} as const;

function subjectWords(subject: Mismatch["subject"]): string {
  if (subject.kind === "tasks") return `tasks (${subject.compared} in common, ${subject.leftOut} left out)`;
  if (subject.kind === "several-parts") return `both ${subject.parts.join(" and ")}`;
  return subject.kind === "setting" ? subject.name : SUBJECTS[subject.kind];
}

/** Writes the sentence that closes a comparison; its subject is always the candidate. */
export function comparisonSentence(comparison: Comparison): string {
  const { baseline, candidate, difference, verdict, tasks } = comparison;
  if (verdict.kind === "cannot-tell") return cannotTell(comparison, verdict);
  const [word, direction] = verdict.kind === "better" ? ["Better", "more"] : ["Worse", "less"];
  const scope = comparison.scope === "tasks" ? "tasks like these" : `exactly these ${tasks.compared} tasks`;
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  return `${word}: ${candidate.label} passes ${size} ${direction} than ${baseline.label}${interval(difference)} over ${scope}.`;
}

function interval({ low, high }: Comparison["difference"]): string {
  return low === null || high === null ? "" : ` ${formatPointsInterval(low, high)}`;
}

function cannotTell(comparison: Comparison, { needed }: Extract<ComparisonVerdict, { kind: "cannot-tell" }>): string {
  const { baseline, candidate, difference, tasks } = comparison;
  if (comparison.suiteGap) return `Cannot tell: ${suiteGapClause(comparison.suiteGap)}.`;
  if (tasks.compared === 0) return `Cannot tell: ${baseline.label} and ${candidate.label} have no graded task in common.`;
  if (tasks.compared === 1) return "Cannot tell: results on one task do not generalize to others; compare on more tasks.";
  const bounds = interval(difference);
  if (Math.abs(difference.value) < 1e-9)
    return `Cannot tell: ${candidate.label} and ${baseline.label} pass equally often${bounds}; ${detectableWords(comparison)}.`;
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  const seen = `${candidate.label} passes ${size} ${difference.value > 0 ? "more" : "less"} than ${baseline.label}${bounds}`;
  return `Cannot tell: ${seen}; ${needed === null ? "no number of trials within reach would show a difference of this size" : neededClause(needed)}.`;
}

function detectableWords({ detectable }: Comparison): string {
  return detectable === null
    ? "too little data to say more"
    : `a difference below ${formatPoints(detectable, { sign: false })} would often have been missed`;
}
