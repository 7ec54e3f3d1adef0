import type { Comparison, Ratio } from "../analysis/comparison.ts";
import type { GateResult } from "../analysis/gate/gate-result.ts";
import type { PublishedComparison } from "../analysis/published-comparison.ts";
import type { ArmSummary, Summary } from "../analysis/summary.ts";
import { counted } from "../core/format.ts";
import { heldBackText } from "../core/held-back.ts";
import { type IsolationResult, isolationSentences } from "../core/isolation-words.ts";
import { capSentences, comparisonCapNote } from "./cap-words.ts";
import { comparisonSentence, mismatchWords, missingRatioWords, unevenSentence, type WrittenMismatch } from "./comparison-words.ts";
import { gateReasonSentence, gateSentence, OUTCOME_WORDS } from "./gate-words.ts";
import { groupSentences } from "./group-words.ts";
import { partsSentence } from "./part-words.ts";
import { powerSentence, repeatsSentence } from "./power-words.ts";
import { publishedSentence } from "./published-words.ts";
import { unfinishedSentences, type Whereabouts } from "./unfinished-words.ts";

/** A comparison with its closing sentence and its other words. */
export type WrittenComparison = Omit<Comparison, "difference" | "ratios" | "mismatches"> & {
  /** `value` is null where no task was compared: nothing was measured, which is not a difference of nothing. */
  readonly difference: Omit<Comparison["difference"], "value"> & { readonly value: number | null };
  readonly ratios: readonly WrittenRatio[];
  readonly mismatches: readonly WrittenMismatch[];
  readonly sentence: string;
  /** Which sides were ended by the cap on the cost of a trial; null where none was. */
  readonly capNote: string | null;
  /** Which differences it could have found; null below two tasks. */
  readonly powerNote: string | null;
  /** Which tasks a comparison over exactly these tasks leaves out; null where there is none. */
  readonly repeatsNote: string | null;
  /** Which intervals of costs and times may be too narrow; null where none. */
  readonly unevenNote: string | null;
  /** What differences by tag and group show together; null where tasks have neither. */
  readonly partsNote: string | null;
};

/** A ratio; `reason` says in words why it cannot be formed. */
export type WrittenRatio = Omit<Ratio, "reason"> & { readonly reason: string | null };

/** The decision of a gate with its reasons as sentences: the verdict first, then warnings and advice. `sentence` is the verdict by which it ends. */
export type WrittenGate = Omit<GateResult, "reasons"> & { readonly sentence: string; readonly reasons: readonly string[] };

/** What every format shows and JSON contains: a summary with its decisions put into words. */
export type Report = Omit<Summary, "comparisons" | "gate" | "published"> & {
  readonly schema: "bench-report/1";
  /** Which runs are not finished, why, and the command that resumes each, a sentence each. */
  readonly unfinished: readonly string[];
  /** What the caps did to the run and its arms, a sentence each. */
  readonly caps: readonly string[];
  /** How many tasks were graded with less than full isolation, a sentence each. */
  readonly isolation: readonly string[];
  /** How many groups the tasks are in, which are the units of every interval; empty where no task has one. */
  readonly groups: readonly string[];
  /** Which files of the agents' were not graded, a sentence for each arm. */
  readonly heldBack: readonly string[];
  readonly comparisons: readonly WrittenComparison[];
  readonly gate: WrittenGate | null;
  readonly published?: WrittenPublished;
};

/** A comparison with a published figure, with its closing sentence. */
export type WrittenPublished = PublishedComparison & { readonly sentence: string };

/** Puts the decisions of a summary into words. */
export function writeReport({ published, ...summary }: Summary, whereabouts: Whereabouts = {}): Report {
  const { databaseFlag } = whereabouts;
  return {
    schema: "bench-report/1",
    ...summary,
    unfinished: unfinishedSentences(summary, whereabouts),
    caps: capSentences(summary),
    isolation: weakestIsolation(summary.arms),
    groups: groupSentences(summary.arms),
    heldBack: heldBackSentences(summary.arms),
    comparisons: summary.comparisons.map((comparison) => writtenComparison(comparison, summary, databaseFlag)),
    gate: summary.gate && writtenGate(summary.gate, databaseFlag),
    ...(published === undefined ? {} : { published: { ...published, sentence: publishedSentence(published, databaseFlag) } }),
  };
}

// Arms work on the same tasks, so that the arm with the fewest isolated ones speaks for all.
const weak = ({ none, oneUser, state = 0 }: IsolationResult): number => none + oneUser + state;

function weakestIsolation(arms: readonly ArmSummary[]): readonly string[] {
  const [weakest] = arms.map(({ isolation }) => isolation).toSorted((a, b) => weak(b) - weak(a));
  return weakest === undefined ? [] : isolationSentences(weakest);
}

function heldBackSentences(arms: readonly ArmSummary[]): readonly string[] {
  return arms.flatMap(({ label, graded, heldBack: { trials, files } }) =>
    trials === 0
      ? []
      : [`In ${trials} of ${counted(graded, "trial")} of ${label}, files of the agent were not graded: ${heldBackText(files, MAX_FILES)}.`],
  );
}

const MAX_FILES = 3;

function writtenComparison(comparison: Comparison, { arms, gate }: Summary, databaseFlag: string | undefined): WrittenComparison {
  const armOf = ({ armId, runId }: Comparison["baseline"]): ArmSummary | undefined =>
    arms.find((arm) => arm.armId === armId && arm.runId === runId);
  return {
    ...comparison,
    difference: { ...comparison.difference, value: comparison.tasks.compared === 0 ? null : comparison.difference.value },
    ratios: comparison.ratios.map((ratio) => ({ ...ratio, reason: ratio.reason && missingRatioWords(ratio.reason) })),
    mismatches: comparison.mismatches.map(mismatchWords),
    sentence: gate ? `${OUTCOME_WORDS[gate.outcome]}: ${gateSentence(gate)}.` : comparisonSentence(comparison, databaseFlag),
    capNote: comparisonCapNote(armOf(comparison.baseline), armOf(comparison.candidate)),
    // What a gate could have found is among its own reasons.
    powerNote: gate ? null : powerSentence(comparison),
    repeatsNote: repeatsSentence(comparison),
    unevenNote: unevenSentence(comparison.ratios),
    partsNote: partsSentence(comparison),
  };
}

function writtenGate(gate: GateResult, databaseFlag: string | undefined): WrittenGate {
  return { ...gate, sentence: gateSentence(gate), reasons: gate.reasons.map((reason) => gateReasonSentence(reason, gate, databaseFlag)) };
}
