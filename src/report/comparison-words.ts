import type { Comparison, ComparisonVerdict, Mismatch, MissingRatio, Ratio } from "../analysis/comparison.ts";
import { isFlaw } from "../analysis/data-flaw.ts";
import { counted, formatDuration, formatP, formatPoints, formatPointsInterval, formatTokens, formatUsd } from "../core/format.ts";
import { allowanceClauses, familyWords, wideningClauses } from "./allowance-words.ts";
import { flawSentence } from "./gate-words.ts";
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

const MONEY_AND_TIME: readonly Ratio["metric"][] = ["cost", "cost-per-solved", "time"];

/** Says of which ratios the interval holds less often than it says; null where it holds for all. */
export function unevenSentence(ratios: readonly Pick<Ratio, "metric" | "uneven">[]): string | null {
  const names = ratios.flatMap(({ metric, uneven }) =>
    uneven && MONEY_AND_TIME.includes(metric) ? [METRICS[metric].name.toLowerCase()] : [],
  );
  return names.length === 0
    ? null
    : `The difference in ${names.join(", ")} hangs on few tasks: the interval may be too narrow, and its p too small.`;
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

/** Writes the sentence that closes a comparison; its subject is always the candidate, and it names what the decision allows for. A command in it has the flag that names the database. */
export function comparisonSentence(comparison: Comparison, databaseFlag = ""): string {
  const { candidate, baseline, difference, verdict, equivalence } = comparison;
  if (verdict.kind === "cannot-tell") return `Cannot tell: ${openWords(comparison, verdict, databaseFlag)}`;
  const margin = formatPoints(equivalence.margin, { sign: false });
  const seen = `${seenWords(comparison)} over ${scopeWords(comparison)}`;
  const allowed = allowanceClauses(comparison);
  if (verdict.kind === "alike") return `Alike: ${seen}: they differ by less than ${margin}${allowed}.`;
  if (verdict.kind === "not-worse")
    return `Not worse: ${candidate.label} passes at most ${margin} less than ${baseline.label}${interval(difference)}.`;
  const small = equivalence.shown ? `, though by less than ${margin}` : "";
  return `${verdict.kind === "better" ? "Better" : "Worse"}: ${seen}${small}${allowed}.`;
}

function scopeWords({ scope, tasks }: Comparison): string {
  return scope === "tasks" ? "tasks like these" : `exactly these ${tasks.compared} tasks`;
}

/** Says which side passes more, with the interval. */
function seenWords({ candidate, baseline, difference }: Comparison): string {
  const bounds = interval(difference);
  if (Math.abs(difference.value) < 1e-9) return `${candidate.label} passes as often as ${baseline.label}${bounds}`;
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  return `${candidate.label} passes ${size} ${difference.value > 0 ? "more" : "less"} than ${baseline.label}${bounds}`;
}

function interval({ low, high }: Comparison["difference"]): string {
  return low === null || high === null ? "" : ` ${formatPointsInterval(low, high)}`;
}

type Open = Extract<ComparisonVerdict, { kind: "cannot-tell" }>;

function openWords(comparison: Comparison, { needed, cause }: Open, databaseFlag: string): string {
  const { baseline, candidate, difference, suiteGap } = comparison;
  if (suiteGap && !isFlaw(cause)) return `${suiteGapClause(suiteGap)}.`;
  switch (cause.kind) {
    case "no-common-task":
      return `${baseline.label} and ${candidate.label} have no graded task in common.`;
    case "one-task":
      return "results on one task do not generalize to others; compare on more tasks.";
    case "not-shown":
    case "not-after-adjustment":
    case "depends-on-missing-grades":
      break;
    default:
      // A full stop after the command that resumes a run would be copied with it.
      return `${flawSentence(cause, databaseFlag)}${cause.kind === "missing-grades" ? "" : "."}`;
  }
  const seen = seenWords(comparison);
  if (cause.kind === "depends-on-missing-grades")
    return `${seen}, but not for every result that ${counted(cause.missing, "trial")} without a grade could have.`;
  const widened = wideningClauses(comparison);
  const family = cause.kind === "not-after-adjustment" ? familyClause(comparison) : "";
  if (Math.abs(difference.value) < 1e-9) return `${seen}${widened}; ${detectableWords(comparison)}.`;
  return `${seen}${family}${widened}; ${needed === null ? "no number of trials within reach would show a difference of this size" : neededClause(needed)}.`;
}

// Several comparisons show by chance what one would not.
function familyClause({ allowances, baseline, difference }: Comparison): string {
  const family = familyWords(allowances, baseline.label);
  const p = difference.adjustedP === null ? "" : ` (adjusted ${formatP(difference.adjustedP)})`;
  return `, which is not shown among ${family ?? "all that were looked at"}${p}`;
}

function detectableWords({ detectable }: Comparison): string {
  return detectable === null
    ? "too little data to say more"
    : `a difference below ${formatPoints(detectable, { sign: false })} would often have been missed`;
}
