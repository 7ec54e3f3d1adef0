import type { Comparison, Mismatch, Ratio } from "../analysis/comparison.ts";
import type { GateResult } from "../analysis/gate/gate-result.ts";
import type { ArmSummary } from "../analysis/summary.ts";
import type { RunRecord } from "../core/record.ts";

/** Results of one arm by task as columns; `task` holds indexes into the page's list of tasks, and `version` numbers the versions of a task. */
export type CellColumns = {
  readonly task: readonly number[];
  readonly passed: readonly number[];
  readonly trials: readonly number[];
  readonly errors: readonly number[];
  readonly tampered: readonly number[];
  readonly costUsd: readonly (number | null)[];
  readonly version: readonly number[];
};

/** Cost of a trial in US dollars, tasks weighted equally; bounds are null below two tasks. */
export type TrialCost = { readonly mean: number; readonly low: number | null; readonly high: number | null };

/** The figures of one arm, with what the page needs besides. */
export type ArmData = Omit<ArmSummary, "perTask"> & {
  readonly planned: number;
  readonly trialCost: TrialCost | null;
  readonly cells: CellColumns;
};

/** A ratio of a comparison; `reason` says in words why it cannot be formed, and `missing` stands for a side without a figure. */
export type RatioData = Omit<Ratio, "reason"> & { readonly reason: string | null; readonly missing: string };

// What differs, and its value on either side, in words.
type MismatchData = Pick<Mismatch, "misleading"> & { readonly what: string; readonly baseline: string; readonly candidate: string };

type Reworked = "difference" | "tasks" | "better" | "worse" | "baseline" | "candidate" | "ratios" | "mismatches";

/** A comparison of two arms, put into words; arms and tasks are indexes into the page's lists. */
export type ComparisonData = Omit<Comparison, Reworked> & {
  /** `value` is null where no task was compared. */
  readonly difference: Omit<Comparison["difference"], "value"> & { readonly value: number | null };
  /** -1 where the report does not show the arm. */
  readonly baseline: number;
  readonly candidate: number;
  readonly labels: { readonly baseline: string; readonly candidate: string };
  readonly compared: number;
  readonly leftOut: readonly string[];
  readonly better: readonly number[];
  readonly worse: readonly number[];
  readonly ratios: readonly RatioData[];
  readonly mismatches: readonly MismatchData[];
  readonly sentence: string;
  readonly capNote: string | null;
  readonly powerNote: string | null;
  readonly repeatsNote: string | null;
  readonly unevenNote: string | null;
  readonly partsNote: string | null;
};

/** The decision of a gate with its reasons as sentences, the verdict first; `baselineArm` is an index, -1 where the report does not show the arm. */
export type GateData = Omit<GateResult, "reasons"> & {
  readonly sentence: string;
  readonly reasons: readonly string[];
  readonly baselineArm: number;
};

/** A run as the page's header shows it; `dirty` when its working tree had changes that the commit has not. */
export type RunData = Omit<RunRecord, "settings" | "imageId"> & { readonly commit: string | null; readonly dirty: boolean };

/** What the page shows at once; trials and trajectories are packed beside it. */
export type PageData = {
  readonly schema: "bench-page/1";
  readonly runs: readonly RunData[];
  readonly planned: number;
  readonly missing: number;
  /** Which runs are not finished, why, and what resumes them. */
  readonly unfinished: readonly string[];
  /** The verdict on the only arm against a published figure. */
  readonly published: string | null;
  readonly caps: readonly string[];
  readonly tasks: readonly string[];
  readonly arms: readonly ArmData[];
  readonly comparisons: readonly ComparisonData[];
  readonly gate: GateData | null;
};

/**
 * Trials as columns of equal length. Columns of words hold indexes into `words`, -1 for none; `passed` is -1 without a grade; `segment` is the index of a
 * trial's trajectory among those of its task, -1 where the file does not hold it.
 */
export type TrialColumns = {
  readonly id: readonly number[];
  readonly task: readonly number[];
  readonly arm: readonly number[];
  readonly attempt: readonly number[];
  readonly passed: readonly number[];
  readonly stop: readonly number[];
  readonly stopDetail: readonly number[];
  readonly reason: readonly number[];
  readonly testsPassed: readonly (number | null)[];
  readonly testsTotal: readonly (number | null)[];
  readonly errorSource: readonly number[];
  readonly errorMessage: readonly number[];
  readonly tampered: readonly number[];
  /** As an index into `words`. */
  readonly isolation: readonly number[];
  readonly iterations: readonly number[];
  readonly uncached: readonly (number | null)[];
  readonly cached: readonly (number | null)[];
  readonly output: readonly (number | null)[];
  readonly costUsd: readonly (number | null)[];
  readonly unbilled: readonly number[];
  readonly assumedUsd: readonly number[];
  readonly unknownSteps: readonly number[];
  readonly doubtfulSteps: readonly number[];
  readonly modelMs: readonly (number | null)[];
  readonly firstTokenMs: readonly (number | null)[];
  readonly workingMs: readonly number[];
  readonly segment: readonly number[];
  readonly words: readonly string[];
};

/** All trials of the page, with the system prompts of their trajectories; `kept` counts the trajectories that the file holds. */
export type PackedTrials = TrialColumns & { readonly systems: readonly string[]; readonly kept: number };

/** A text, or the index of an equal one among all texts of the task. */
export type PackedText = string | number;

/** A note of the harness: its kind and its text. */
export type PackedNote = readonly [kind: string, text: PackedText];

/** A tool call; `timedOut` is 0 or 1, and `result` is null when the harness stopped while it ran. */
export type PackedCall = readonly [
  tool: string,
  args: PackedText,
  result: PackedText | null,
  decision: string | null,
  errorKind: string | null,
  exitCode: number | null,
  timedOut: number,
  durationMs: number | null,
];

/** A step; `uncached`, `cached` and `output` are tokens, null where the provider gave no count, and `doubt` is what does not add up in its figures. */
export type PackedStep = readonly [
  iteration: number,
  text: PackedText,
  reasoning: PackedText,
  finish: string,
  uncached: number | null,
  cached: number | null,
  output: number | null,
  costUsd: number | null,
  durationMs: number,
  calls: readonly PackedCall[],
  notes: readonly PackedNote[],
  firstTokenMs: number | null,
  doubt: PackedText | null,
];

/** One trajectory; `system` is an index into the page's system prompts, and `texts` adds to the texts of the task. */
export type PackedSegment = {
  readonly texts: readonly string[];
  readonly system: number;
  readonly firstTurns: readonly PackedText[];
  readonly steps: readonly PackedStep[];
  readonly notes: readonly PackedNote[];
  readonly tests: readonly (readonly [name: PackedText, status: string, message: PackedText | null])[];
  readonly tampering: readonly (readonly [kind: string, evidence: PackedText])[];
  readonly testLog: PackedText;
};
