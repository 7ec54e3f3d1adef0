import type { Arm, Trial } from "./trial.ts";

/**
 * What a trial is doing: making its sandbox ready, waiting for the model's answer, running a tool, or waiting for and running its tests. `step` numbers the answer that
 * is waited for, or that asked for the tool, from 1.
 */
export type Activity =
  | { readonly kind: "starting" }
  | { readonly kind: "model"; readonly step: number }
  | { readonly kind: "tool"; readonly step: number; readonly tool: string }
  | { readonly kind: "grading" };

/** What happens in a run; each event but `activity` is reported after it is stored. */
export type RunEvent =
  | {
      readonly kind: "run-started";
      readonly runId: string;
      readonly arms: readonly Arm[];
      readonly planned: number;
      readonly alreadyDone: number;
    }
  | { readonly kind: "trial-started"; readonly armId: string; readonly taskId: string; readonly attempt: number }
  | {
      readonly kind: "activity";
      readonly armId: string;
      readonly taskId: string;
      readonly attempt: number;
      readonly activity: Activity;
    }
  | { readonly kind: "step"; readonly armId: string; readonly taskId: string; readonly iteration: number; readonly costUsd: number | null }
  | { readonly kind: "trial-finished"; readonly trial: Trial }
  /** Interrupted; the trial continues when the run is resumed. */
  | { readonly kind: "trial-left"; readonly armId: string; readonly taskId: string; readonly attempt: number }
  /** What has been spent so far by all trials, those in progress included; limits that were not set are null. */
  | {
      readonly kind: "spent";
      readonly spentUsd: number;
      readonly spentTokens: number;
      /** What requests that broke off are assumed to have cost, beside what is spent. */
      readonly assumedUsd: number;
      readonly assumedTokens: number;
      readonly maxCostUsd: number | null;
      readonly maxTokens: number | null;
    }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "run-finished"; readonly runId: string; readonly end: "complete" | "interrupted" | "failed" };

/** Receives every event of a run in order. Contract: it is called only after the event is stored, and it must not throw. */
export type Reporter = (event: RunEvent) => void;
