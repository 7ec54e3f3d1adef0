import type { AgentSettings, Stop } from "./agent.ts";
import type { InfraSource } from "./errors.ts";
import type { ModelSpec } from "./model.ts";
import type { SourceFile } from "./task.ts";
import type { Verdict } from "./verdict.ts";

/** A model with its agent settings: what is compared. `id` is the digest of both. */
export type Arm = { readonly id: string; readonly name: string; readonly model: ModelSpec; readonly settings: AgentSettings };

/** Names one trial; the primary key of the store. `attempt` counts from 1. */
export type TrialKey = { readonly runId: string; readonly taskId: string; readonly armId: string; readonly attempt: number };

/** How a trial ended. An error is ours and never counts against a model. */
export type Outcome =
  | { readonly kind: "graded"; readonly stop: Stop; readonly verdict: Verdict }
  | { readonly kind: "error"; readonly source: InfraSource; readonly message: string };

/**
 * What came of an agent's work, before it is graded: why it stopped, and what left its container. `inputsDigest` covers all that the agent was given; a solution may
 * be graded again only with tests of the same problem.
 */
export type Submission = {
  readonly stop: Stop;
  readonly files: readonly SourceFile[];
  readonly workingMs: number;
  readonly unbilledAttempts: number;
  readonly inputsDigest: string;
};

/** The sums of a trial's steps. `costUsd` is null as soon as one step's cost is unknown. */
export type TrialTotals = {
  readonly iterations: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly costUsd: number | null;
  readonly noCacheCostUsd: number | null;
  /** Time in the model and in tools; waiting for provider limits not counted. */
  readonly workingMs: number;
  readonly waitedMs: number;
  /** HTTP attempts whose cost nobody knows. */
  readonly unbilledAttempts: number;
};

/** A finished trial. */
export type Trial = {
  readonly key: TrialKey;
  readonly outcome: Outcome;
  readonly totals: TrialTotals;
  readonly startedAt: string;
  readonly durationMs: number;
};
