import type { Comparison, Ratio } from "../analysis/comparison.ts";
import type { GateResult } from "../analysis/gate/gate-result.ts";
import type { Summary } from "../analysis/summary.ts";
import { comparisonSentence, mismatchWords, missingRatioWords, type WrittenMismatch } from "./comparison-words.ts";
import { gateReasonSentence } from "./gate-words.ts";

/** A comparison with its closing sentence and its other words. */
export type WrittenComparison = Omit<Comparison, "ratios" | "mismatches"> & {
  readonly ratios: readonly WrittenRatio[];
  readonly mismatches: readonly WrittenMismatch[];
  readonly sentence: string;
};

/** A ratio; `reason` says in words why it cannot be formed. */
export type WrittenRatio = Omit<Ratio, "reason"> & { readonly reason: string | null };

/** The decision of a gate with its reasons as sentences: the verdict first, then warnings and advice. */
export type WrittenGate = Omit<GateResult, "reasons"> & { readonly reasons: readonly string[] };

/** What every format shows and JSON contains: a summary with its decisions put into words. */
export type Report = Omit<Summary, "comparisons" | "gate"> & {
  readonly schema: "bench-report/1";
  readonly comparisons: readonly WrittenComparison[];
  readonly gate: WrittenGate | null;
};

/** Puts the decisions of a summary into words. */
export function writeReport(summary: Summary): Report {
  return {
    schema: "bench-report/1",
    ...summary,
    comparisons: summary.comparisons.map(writtenComparison),
    gate: summary.gate && writtenGate(summary.gate),
  };
}

function writtenComparison(comparison: Comparison): WrittenComparison {
  return {
    ...comparison,
    ratios: comparison.ratios.map((ratio) => ({ ...ratio, reason: ratio.reason && missingRatioWords(ratio.reason) })),
    mismatches: comparison.mismatches.map(mismatchWords),
    sentence: comparisonSentence(comparison),
  };
}

function writtenGate(gate: GateResult): WrittenGate {
  return { ...gate, reasons: gate.reasons.map((reason) => gateReasonSentence(reason, gate)) };
}
