import type { PassRate } from "../stats/pass-rate.ts";
import type { DataFlaw } from "./data-flaw.ts";
import type { Part } from "./part/part.ts";

/** One side of a comparison: an arm of a run with its label. */
export type Side = { readonly label: string; readonly armId: string; readonly runId: string; readonly scripted: boolean };

/** An estimate with its interval; bounds are null where the data allow none. */
export type Estimate = { readonly value: number; readonly low: number | null; readonly high: number | null };

/** The figure that a ratio compares; all but `cost-per-solved` are means per trial, with equal weight for each task. */
export type RatioMetric = "iterations" | "uncached-tokens" | "cached-tokens" | "output-tokens" | "cost" | "cost-per-solved" | "time";

/** Why a ratio cannot be formed. */
export type MissingRatio =
  | "unknown-cost"
  | "unknown-usage"
  | "prices-differ"
  | "too-few-tasks"
  | "zero-side"
  | "nothing-solved"
  | "too-little-data";

/** Candidate over baseline with its 95 % interval; `ratio` is null where it cannot be formed, for the `reason` given. Costs in US dollars, time in ms. */
export type Ratio = {
  readonly metric: RatioMetric;
  readonly baseline: number | null;
  readonly candidate: number | null;
  readonly ratio: Estimate | null;
  /** How often equal sides would differ as much by chance; null without a ratio. */
  readonly p: number | null;
  /** The difference hangs on few tasks, so that the interval holds less often than it says. */
  readonly uneven: boolean;
  readonly reason: MissingRatio | null;
};

/** One task on both sides; `difference` is candidate minus baseline in pass rate. */
export type TaskPair = {
  readonly taskId: string;
  readonly baseline: { readonly passed: number; readonly trials: number };
  readonly candidate: { readonly passed: number; readonly trials: number };
  readonly difference: number;
};

/** A property other than the result in which two arms may differ. */
export type MismatchSubject =
  | { readonly kind: "tasks"; readonly compared: number; readonly leftOut: number }
  | { readonly kind: "setting"; readonly name: string }
  | { readonly kind: "image" | "harness-version" | "runtime" | "attempts" | "agent" | "price" | "price-list-date" }
  /** Several parts of the arm differ, so that no statistics can separate their effects. */
  | { readonly kind: "several-parts"; readonly parts: readonly ("agent" | "model" | "prompt")[] };

/**
 * A difference between the two sides besides their results, with its value on either side; null where a side has none. A `misleading` one makes their figures
 * incomparable.
 */
export type Mismatch = {
  readonly subject: MismatchSubject;
  readonly baseline: string | null;
  readonly candidate: string | null;
  readonly misleading: boolean;
};

/**
 * Roughly how many more trials (of both arms together) would show a true difference of the observed size four times in five, as more attempts or as more tasks, whichever
 * is cheaper; `total` is the number of attempts or tasks then.
 */
export type Needed = { readonly trials: number; readonly as: "attempts" | "tasks"; readonly total: number };

/** That no result of so many tasks could show a difference: not even all passes against none. `leastTasks` independent ones could; `groups` is null without groups. */
export type Undecidable = {
  readonly tasks: number;
  readonly attempts: number;
  readonly groups: number | null;
  readonly leastTasks: number;
  /** The fewest attempts with which these tasks could; null where no attempts can make up for the tasks. */
  readonly leastAttempts: number | null;
};

/** Something that a decision allows for besides the trials that it compares, and which its sentence names. */
export type Allowance =
  /** The pair was judged among so many comparisons: all with the baseline, or all pairs of these arms. */
  | { readonly kind: "comparisons"; readonly count: number; readonly of: "baseline" | "pairs"; readonly arms: number }
  /** The user said that the pair was chosen before there were results, so the others of its runs do not count. */
  | { readonly kind: "planned"; readonly others: number }
  /** A gate could have stopped the run after each of its rounds. */
  | { readonly kind: "rounds"; readonly round: number; readonly planned: number }
  /** The same arms were there to be compared before, with a part of these trials. */
  | { readonly kind: "looks"; readonly looks: number }
  /** The decision is that of a gate, with its risk and its margin. */
  | { readonly kind: "gate"; readonly level: number };

/** Why nothing is claimed. A flaw in the data comes before anything that they show. */
export type OpenCause =
  | DataFlaw
  | { readonly kind: "no-common-task" | "one-task" | "not-shown" }
  /** The interval alone excludes 0, but not after what is allowed for. */
  | { readonly kind: "not-after-adjustment" }
  /** What the graded trials show could be otherwise with the trials that have no grade. */
  | { readonly kind: "depends-on-missing-grades"; readonly missing: number };

/** The decision on the candidate, from which every format takes its words; `needed` is null when no number of trials within reach would settle it. */
export type ComparisonVerdict =
  | { readonly kind: "better" }
  | { readonly kind: "worse" }
  /** Shown to differ by less than the margin of the comparison. */
  | { readonly kind: "alike" }
  /** Only in the report of a gate: a drop of its margin is excluded. */
  | { readonly kind: "not-worse" }
  | { readonly kind: "cannot-tell"; readonly needed: Needed | null; readonly cause: OpenCause };

/** The size below which a difference does not matter, a share, and whether the two are shown to differ by less. */
type Equivalence = { readonly margin: number; readonly shown: boolean };

/** Why nothing can be said about exactly these tasks: none was repeated, or too few (of at least `needed`) both passed and failed. */
export type SuiteGap = { readonly kind: "no-repeats" } | { readonly kind: "few-mixed"; readonly mixed: number; readonly needed: number };

/**
 * The difference on a part of the compared tasks, with the interval of that part alone. `adjustedP` allows for all parts of all comparisons, and `shown` is what it leaves
 * to claim.
 */
export type PartDifference = Part & {
  readonly tasks: number;
  readonly passRate: { readonly baseline: PassRate; readonly candidate: PassRate };
  readonly difference: Estimate & { readonly p: number | null; readonly adjustedP: number | null };
  readonly shown: "better" | "worse" | null;
};

/** A comparison of a candidate with a baseline over their common tasks. Rates and differences are shares (0.05 is 5 points). */
export type Comparison = {
  readonly baseline: Side;
  readonly candidate: Side;
  /** `tasks`: over tasks like these; `suite`: over exactly these. */
  readonly scope: "tasks" | "suite";
  /**
   * Tasks compared, and those left out because one side has no graded trial of them or another version; in scope `suite` also those without two attempts on both
   * sides.
   */
  readonly tasks: { readonly compared: number; readonly leftOut: readonly string[]; readonly withoutRepeats: readonly string[] };
  /** In scope `suite`: why there is no interval; null where there is one. */
  readonly suiteGap: SuiteGap | null;
  readonly passRate: { readonly baseline: PassRate; readonly candidate: PassRate };
  /** Difference in mean pass rate, with bounds that allow for earlier looks; `adjustedP` is Holm's over all pairs that it is judged among. */
  readonly difference: Estimate & { readonly p: number | null; readonly adjustedP: number | null };
  /** p of the exact sign-flip test (mid-p); `fragile` when it and the p of the difference fall on opposite sides of 5 %. */
  readonly signFlipP: number | null;
  readonly fragile: boolean;
  /** Shares of tasks in which all of k attempts pass, and at least one; k is the largest number that every compared task supports; null below 2. */
  readonly repeats: {
    readonly k: number;
    readonly passHatK: { readonly baseline: Estimate; readonly candidate: Estimate; readonly difference: Estimate };
    readonly passAtK: { readonly baseline: Estimate; readonly candidate: Estimate; readonly difference: Estimate };
  } | null;
  /** Tags and groups of the compared tasks; empty where they have none. */
  readonly parts: readonly PartDifference[];
  readonly ratios: readonly Ratio[];
  /** Tasks by direction, with the largest difference first. */
  readonly better: readonly TaskPair[];
  readonly worse: readonly TaskPair[];
  readonly tied: number;
  readonly mismatches: readonly Mismatch[];
  /** The difference that a comparison like this finds four times in five; null where it finds none so often. */
  readonly detectable: number | null;
  /** Set where no result could have shown a difference. */
  readonly undecidable: Undecidable | null;
  readonly equivalence: Equivalence;
  readonly allowances: readonly Allowance[];
  readonly verdict: ComparisonVerdict;
};
