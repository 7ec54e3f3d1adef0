import type { AgentSettings, AgentSpec, Stop } from "./agent.ts";
import type { InfraSource } from "./errors.ts";
import type { ModelSpec } from "./model.ts";
import type { SourceFile } from "./task.ts";
import type { Verdict } from "./verdict.ts";

/** What is compared: an agent with its model and settings. `id` is the digest of all three. */
export type Arm = {
  readonly id: string;
  readonly name: string;
  readonly agent: AgentSpec;
  readonly model: ModelSpec;
  readonly settings: AgentSettings;
};

/** Identifies one trial; the primary key of the store. `attempt` counts from 1. */
export type TrialKey = { readonly runId: string; readonly taskId: string; readonly armId: string; readonly attempt: number };

/** How a trial ended. An error is a failure of the harness or its environment and never counts against a model. */
export type Outcome =
  | { readonly kind: "graded"; readonly stop: Stop; readonly verdict: Verdict }
  | { readonly kind: "error"; readonly source: InfraSource; readonly message: string };

/**
 * The result of an agent's work, before it is graded: why it stopped, and the files that left its sandbox, which are those that it changed; of a run of an older version,
 * `isWhole`, they are all that its task's rule allows. `inputsDigest` covers everything the agent was given, so that
 * the solution is graded again only with tests of the same problem.
 */
export type Submission = {
  readonly stop: Stop;
  readonly files: readonly SourceFile[];
  readonly isWhole: boolean;
  readonly workingMs: number;
  readonly unbilledAttempts: number;
  readonly inputsDigest: string;
};

/** The sums over a trial's steps. `costUsd` is null when the cost of any step is unknown. */
export type TrialTotals = {
  readonly iterations: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: number | null;
  readonly noCacheCostUsd: number | null;
  /** Time in the model and in tools, without waiting for a provider's limits. */
  readonly workingMs: number;
  readonly waitedMs: number;
  /** Requests that failed or were cut off and may have been billed, and answers that were billed and could not be used: what they cost is no part of `costUsd`. */
  readonly unbilledAttempts: number;
  /** What those and answers without usage are assumed to have cost, and what answers that could not be used stated as their cost, in US dollars; it is no part of `costUsd`. */
  readonly assumedUsd: number;
  /** Steps whose provider gave no count of tokens; their tokens are missing in the sums. */
  readonly unknownUsageSteps: number;
  /** Steps whose counts or costs do not add up; the dearer reading is in the sums. */
  readonly doubtfulUsageSteps: number;
  /** Time in the model's requests alone. */
  readonly modelMs: number;
  /** Mean time to the first token over the steps that were streamed; null when none was. */
  readonly firstTokenMs: number | null;
};

/** A finished trial. */
export type Trial = {
  readonly key: TrialKey;
  readonly outcome: Outcome;
  readonly totals: TrialTotals;
  readonly startedAt: string;
  readonly durationMs: number;
};
