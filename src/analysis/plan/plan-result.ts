import type { AgentSpec } from "../../core/agent.ts";
import type { PastTrial } from "../../core/history.ts";
import type { Usage } from "../../core/model.ts";
import type { Arm } from "../../core/trial.ts";
import type { Undecidable } from "../comparison.ts";
import type { SequentialSaving } from "./sequential-saving.ts";

/** The source of a figure of a plan. `repriced` means past tokens at today's price. */
export type Basis =
  | {
      readonly kind: "arm" | "model";
      readonly trials: number;
      readonly runs: number;
      readonly newestRun: string;
      readonly repriced: boolean;
    }
  | { readonly kind: "flag" }
  | { readonly kind: "assumption"; readonly assumed: Assumption }
  | { readonly kind: "unknown" };

/** What is assumed of a trial without past trials: a typical trial, one of a scripted model, or its working time in seconds. */
export type Assumption = { readonly kind: "trial" | "scripted-trial" } | { readonly kind: "seconds"; readonly seconds: number };

/** An expected amount with its 95 % prediction interval; bounds are null when there are too few past trials. */
export type Forecast = { readonly value: number; readonly low: number | null; readonly high: number | null };

/** The maximum cost, and what sets it: the cap of a trial, the `max_cost` of the model, or every response with a full context. Scripted models have no such bound and spend nothing. */
export type WorstCost = {
  readonly usd: number | null;
  readonly by: "max-trial-cost" | "max_cost" | "full-context" | "scripted" | "unknown";
};

/** One arm of a plan. Unknown figures are null, never 0. */
export type PlannedArm = {
  readonly name: string;
  readonly armId: string;
  readonly agent: AgentSpec;
  readonly api: string;
  readonly model: string;
  readonly prompt: string;
  /** The environment variable of its key if that is not set, in which case `bench run` would leave the arm out; else null. */
  readonly missingKey: string | null;
  readonly trials: number;
  readonly costPerTrialUsd: number | null;
  readonly costUsd: Forecast | null;
  readonly costBasis: Basis;
  readonly worstCost: WorstCost;
  readonly secondsPerTrial: number;
  readonly timeBasis: Basis;
};

/** The expected cost of several arms: the sum of the known costs, and the names of arms with an unknown cost. */
export type PlannedCost = {
  readonly known: Forecast;
  /** The part that is actually paid; scripted models have simulated prices. */
  readonly paidUsd: number;
  /** Null when it is unknown for an arm that is paid for. */
  readonly worstUsd: number | null;
  readonly unknown: readonly string[];
  /** Number of past trials that the sum is based on. */
  readonly pastTrials: number;
  /** Whether a part of it is based on assumptions. */
  readonly isAssumed: boolean;
};

/** Why trials are expected to end at the cap of a trial: earlier ones did or cost too much, or what a trial is assumed to cost is more. */
export type CapBasis =
  | { readonly kind: "ended"; readonly ended: number; readonly trials: number }
  /** `isAtLeast`: some of the earlier trials ended at a cap of their own. */
  | { readonly kind: "cost"; readonly trials: number; readonly medianUsd: number; readonly mostUsd: number; readonly isAtLeast: boolean }
  /** `responses` of the assumed `of` responses are expected before the cap. */
  | { readonly kind: "assumption"; readonly usdPerTrial: number; readonly responses: number; readonly of: number }
  | { readonly kind: "flag"; readonly usdPerTrial: number };

/** What a cap on spending is expected to do to a run, known before it starts. `trials` of `of` trials are those that it ends (`trial`) or those that are done before it stops others. */
export type ForeseenCap =
  | {
      readonly kind: "trial";
      readonly arm: string;
      readonly capUsd: number;
      readonly trials: number;
      readonly of: number;
      readonly basis: CapBasis;
    }
  | {
      readonly kind: "lower-cap";
      readonly arm: string;
      readonly capUsd: number;
      readonly earlierCapUsd: number;
      readonly ended: number;
      readonly earlier: number;
      readonly of: number;
    }
  | ({ readonly kind: "model"; readonly arm: string; readonly capUsd: number } & Stopping)
  | ({ readonly kind: "run"; readonly capUsd: number } & Stopping)
  | { readonly kind: "tokens"; readonly capTokens: number; readonly expectedTokens: number; readonly trials: number; readonly of: number };

/** `isLikely`: the expected cost is above the cap; else only the upper end of its interval, `highUsd`, is. */
export type Stopping = {
  readonly isLikely: boolean;
  readonly expectedUsd: number;
  readonly highUsd: number | null;
  readonly trials: number;
  readonly of: number;
};

/** What limits the speed of a run: concurrent trials, concurrent gradings, the rate limit of one key (`lane`), or the longest trial. */
export type Bottleneck =
  | { readonly kind: "concurrency" }
  | { readonly kind: "grading" }
  | { readonly kind: "longest" }
  | { readonly kind: "lane"; readonly limit: "concurrency" | "rpm" | "tpm"; readonly baseUrl: string };

/** The source of a variance. */
export type VarianceBasis = { readonly kind: "past"; readonly trials: number } | { readonly kind: "assumption" };

/** The difference that a comparison after this run could detect. */
export type Detectable = {
  readonly change: "prompt" | "model";
  /** The smallest true difference that is found with the wanted power; null where none is. */
  readonly difference: number | null;
  /** The limit of the difference for unlimited attempts; only more tasks lower it. */
  readonly floor: number | null;
  readonly within: number;
  readonly withinBasis: VarianceBasis;
  readonly effectVariance: number;
  readonly effectBasis: VarianceBasis;
  /** What it takes to detect the wanted difference; `attempts` is null if only more tasks help, `tasks` if no number within reach does. */
  readonly wanted: { readonly difference: number; readonly attempts: number | null; readonly tasks: number | null } | null;
};

/** What `bench compare` could find after the run: at 5 % two-sided, with so many comparisons judged together. */
export type PlannedComparison = {
  readonly comparisons: number;
  readonly detectable: readonly { readonly change: Detectable["change"]; readonly difference: number | null }[];
  /** Set where no result could show a difference. */
  readonly undecidable: Undecidable | null;
};

/** The cost and duration of a planned run, and the differences it could detect. */
export type Plan = {
  readonly schema: "bench-plan/1";
  readonly suite: string;
  readonly suiteDigest: string;
  readonly tasks: number;
  readonly attempts: number;
  readonly concurrency: number;
  readonly trials: number;
  readonly arms: readonly PlannedArm[];
  /** The sums are at most `--max-cost`; those of each arm are at most its own caps. */
  readonly cost: PlannedCost;
  /** The arms that have a key here and would run; null when all would. */
  readonly runnable: { readonly trials: number; readonly cost: PlannedCost } | null;
  /** What caps on spending are expected to do; empty where they are far away. */
  readonly caps: readonly ForeseenCap[];
  readonly wallSeconds: number;
  readonly pace: Bottleneck;
  readonly alpha: number;
  readonly power: number;
  /** By a test at the one-sided risk `alpha`, such as that of `bench gate`. Empty where only the cost was asked for. */
  readonly detectable: readonly Detectable[];
  readonly comparison: PlannedComparison;
  /** Set where no result could show a difference at `alpha`. */
  readonly undecidable: Undecidable | null;
  readonly sequential: readonly SequentialSaving[];
};

/** An arm to plan, with its past trials. `usdOf` prices one request in US dollars; null without a known price. */
export type ArmInput = {
  readonly arm: Arm;
  readonly missingKey: string | null;
  readonly usdOf: (usage: Usage) => number | null;
  readonly past: { readonly kind: "arm" | "model"; readonly trials: readonly PastTrial[] };
};

/** The inputs of a plan. */
export type PlanInputs = {
  readonly suite: {
    readonly name: string;
    readonly digest: string;
    readonly tasks: readonly { readonly digest: string; readonly group?: string | null }[];
  };
  readonly attempts: number;
  readonly concurrency: number;
  readonly grading: number;
  readonly arms: readonly ArmInput[];
  /** The caps of the run: `--max-cost` and `--max-tokens`. */
  readonly caps: { readonly maxCostUsd: number | null; readonly maxTokens: number | null };
  readonly assume: { readonly costUsd: number | null; readonly seconds: number | null };
  readonly alpha: number;
  readonly power: number;
  readonly detect: number | null;
  /** Whether differences that could be detected are computed, which takes a moment. */
  readonly withPower: boolean;
};
