import type { AgentSpec } from "../../core/agent.ts";
import type { PastTrial } from "../../core/history.ts";
import type { Usage } from "../../core/model.ts";
import type { Arm } from "../../core/trial.ts";
import type { SequentialSaving } from "./sequential-saving.ts";

/** Where a figure of a plan comes from. `repriced`: past tokens at today's price. */
export type Basis =
  | {
      readonly kind: "arm" | "model";
      readonly trials: number;
      readonly runs: number;
      readonly newestRun: string;
      readonly repriced: boolean;
    }
  | { readonly kind: "flag" }
  | { readonly kind: "assumption"; readonly text: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** An expected amount with the interval that 95 of 100 such runs should fall in; `null` bounds where the past is too thin to tell. */
export type Forecast = { readonly value: number; readonly low: number | null; readonly high: number | null };

/** The most that may be spent, and what sets it: the limit of a trial, or every response with a full context. Scripted models have no such bound, and spend nothing. */
export type WorstCost = { readonly usd: number | null; readonly by: "max-trial-cost" | "full-context" | "scripted" | "unknown" };

/** One arm of a plan. Unknown figures are null, never 0. */
export type PlannedArm = {
  readonly name: string;
  readonly armId: string;
  readonly agent: AgentSpec;
  readonly api: string;
  readonly model: string;
  readonly prompt: string;
  /** The environment variable with its key when that is not set, so that `bench run` would leave it out here; else null. */
  readonly missingKey: string | null;
  readonly trials: number;
  readonly costPerTrialUsd: number | null;
  readonly costUsd: Forecast | null;
  readonly costBasis: Basis;
  readonly worstCost: WorstCost;
  readonly secondsPerTrial: number;
  readonly timeBasis: Basis;
};

/** What arms are expected to cost together: the sum of those that are known, and the names of those that are not. */
export type PlannedCost = {
  readonly known: Forecast;
  /** The part that is really paid: the prices of scripted models are pretended. */
  readonly paidUsd: number;
  /** Null when it is unknown for an arm that is paid for. */
  readonly worstUsd: number | null;
  readonly unknown: readonly string[];
  /** Past trials that the sum rests on. */
  readonly pastTrials: number;
  /** Whether a part of it rests on no past trial. */
  readonly isAssumed: boolean;
};

/** What sets the pace: trials at once, gradings at once, one key's limit, or the longest trial. */
export type Pace =
  | { readonly kind: "concurrency" }
  | { readonly kind: "grading" }
  | { readonly kind: "longest" }
  | { readonly kind: "lane"; readonly limit: "concurrency" | "rpm" | "tpm"; readonly baseUrl: string };

/** Where a variance comes from. */
export type VarianceBasis = { readonly kind: "past"; readonly trials: number } | { readonly kind: "assumption" };

/** What a comparison after this run could see. */
export type Detectable = {
  readonly change: "prompt" | "model";
  /** Smallest true difference that is found with the wanted power; null for less than two tasks. */
  readonly difference: number | null;
  /** What the difference approaches with ever more attempts; only more tasks go below. */
  readonly floor: number | null;
  readonly within: number;
  readonly withinBasis: VarianceBasis;
  readonly effectVariance: number;
  readonly effectBasis: VarianceBasis;
  /** What it takes to see the wanted difference; `attempts` is null where only more tasks help. */
  readonly wanted: { readonly difference: number; readonly attempts: number | null; readonly tasks: number } | null;
};

/** What a run would take, and what could be learned from it. */
export type Plan = {
  readonly schema: "bench-plan/1";
  readonly suite: string;
  readonly suiteDigest: string;
  readonly tasks: number;
  readonly attempts: number;
  readonly concurrency: number;
  readonly trials: number;
  readonly arms: readonly PlannedArm[];
  readonly cost: PlannedCost;
  /** The part of the arms that would run here; null when that is all of them. */
  readonly runnable: { readonly trials: number; readonly cost: PlannedCost } | null;
  readonly wallSeconds: number;
  readonly pace: Pace;
  readonly alpha: number;
  readonly power: number;
  readonly detectable: readonly Detectable[];
  readonly sequential: readonly SequentialSaving[];
};

/** An arm to be planned, with its past. `usdOf` prices one request; null where no price is known. */
export type ArmInput = {
  readonly arm: Arm;
  readonly missingKey: string | null;
  readonly usdOf: (usage: Usage) => number | null;
  readonly past: { readonly kind: "arm" | "model"; readonly trials: readonly PastTrial[] };
};

/** All that a plan is made from. */
export type PlanInputs = {
  readonly suite: { readonly name: string; readonly digest: string; readonly tasks: readonly { readonly digest: string }[] };
  readonly attempts: number;
  readonly concurrency: number;
  readonly grading: number;
  readonly arms: readonly ArmInput[];
  readonly assume: { readonly costUsd: number | null; readonly seconds: number | null };
  readonly alpha: number;
  readonly power: number;
  readonly detect: number | null;
};
