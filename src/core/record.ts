import type { AgentSpec, StopKind } from "./agent.ts";
import type { TrialCapResult } from "./cap.ts";
import type { InfraSource } from "./errors.ts";
import type { IsolationResult } from "./isolation-words.ts";
import type { Api, Price } from "./model.ts";
import type { GradedIsolation, HeldBack, VerdictReason } from "./verdict.ts";

/** How a run ended. */
export type RunEnd = (typeof RUN_ENDS)[number];

/** Every way. */
export const RUN_ENDS = ["complete", "interrupted", "failed"] as const;

/** A stored run, without its trials. `end` is null while it runs, and after a kill. */
export type RunRecord = {
  readonly id: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly end: RunEnd | null;
  /** Why it ended before all was done, as a clause; null where all was, while it runs, and after a kill. */
  readonly stoppedBy: string | null;
  readonly suite: string;
  readonly suiteDigest: string;
  /** Attempts of each task by each arm; fewer than were asked for where a sequential gate was decided early. */
  readonly attempts: number;
  readonly harnessVersion: string;
  readonly image: string;
  readonly imageId: string;
  readonly tags: readonly string[];
  /** The flags, the digests of images and the state of git at its start, from which it can be resumed and reproduced. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/** A name for a run, or for one arm of it, that later runs are compared with. `armId` is null for a whole run. */
export type Baseline = { readonly name: string; readonly runId: string; readonly armId: string | null; readonly savedAt: string };

/** A run in a list, with counts of its trials so far. A null cost has an unknown part, and leaves out requests that may have been billed. */
export type RunListing = RunRecord & {
  readonly arms: readonly { readonly name: string; readonly api: Api }[];
  readonly planned: number;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
  readonly tasks: number;
  /** Tasks of which some trial has no result. */
  readonly unfinishedTasks: number;
  readonly costUsd: number | null;
  readonly unbilledAttempts: number;
};

/** What became of a run: how it ended, or `running` while a process of this machine works on it, or else `unfinished`, to be resumed. */
export type RunState = RunEnd | "running" | "unfinished";

/**
 * What makes the tokens and the cost of a trial or of an arm less than certain. `unknownUsageSteps` had no count of tokens from the provider; in `doubtfulUsageSteps` its
 * counts, or the cost that it reported and the price, do not agree; `unbilledAttempts` are requests that may have been billed beside the known cost, for `assumedUsd` by
 * the harness's assumption, which is 0 where it has no price.
 */
export type Doubts = {
  readonly unknownUsageSteps: number;
  readonly doubtfulUsageSteps: number;
  readonly unbilledAttempts: number;
  readonly assumedUsd: number;
};

/** How fast an arm's model answered, over answers with known tokens; null where nothing was measured, and for scripted models. */
export type Speed = {
  /** Output tokens for each second in the model's requests. */
  readonly outputTokensPerSecond: number | null;
  /** Mean time from a request to the first token of its answer: over the streamed answers of each trial, then over trials. */
  readonly firstTokenMs: number | null;
};

/** One finished trial as reports show it. Tokens are null where the provider gave no count for one of its steps. */
export type TrialRecord = Doubts & {
  readonly id: number;
  readonly runId: string;
  readonly taskId: string;
  readonly armId: string;
  readonly armName: string;
  readonly armApi: Api;
  readonly attempt: number;
  readonly passed: boolean | null;
  readonly stop: StopKind | null;
  readonly reason: VerdictReason | null;
  readonly testsPassed: number | null;
  readonly testsTotal: number | null;
  readonly errorSource: InfraSource | null;
  readonly errorMessage: string | null;
  readonly tampered: boolean;
  /** How the solution was kept apart from its tests; null where nothing was run, and in trials of versions before this one. */
  readonly isolation: GradedIsolation | null;
  /** What the agent made or changed and was not graded. */
  readonly heldBack: readonly HeldBack[];
  /** The numbers by name that the tests of a graded state gave; null for all others. */
  readonly rewards: Readonly<Record<string, number>> | null;
  readonly iterations: number;
  readonly inputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  /** Known cost, without requests that may have been billed; null where a step's is unknown, or where there is nothing but such requests. */
  readonly costUsd: number | null;
  /** Time in the model and in tools, without waiting for rate limits or for a sandbox. */
  readonly workingMs: number;
  /** Time in the model's requests alone; null in trials of older versions. */
  readonly modelMs: number | null;
  /** Mean time to the first token over its streamed answers; null without one. */
  readonly firstTokenMs: number | null;
  readonly stopDetail: string | null;
};

/** The results of one arm on one task. `trials` counts the graded ones, and every sum is over them; a null sum has an unknown part. */
export type TaskResult = Doubts &
  Speed & {
    readonly taskId: string;
    readonly taskDigest: string;
    /** What the task shares with others, such as a repository; null where it says nothing. */
    readonly group: string | null;
    readonly tags: readonly string[];
    readonly passed: number;
    readonly trials: number;
    readonly errors: number;
    readonly tampered: number;
    /** Trials that ended at a limit of iterations, time, tokens or cost. */
    readonly capped: number;
    /** Those of them that ended at the cap on the cost of a trial, and of these the ones that did not pass. */
    readonly atCostCap: number;
    readonly failedAtCostCap: number;
    readonly iterations: number;
    /** Input tokens that were not read from a cache. */
    readonly uncachedTokens: number | null;
    readonly cachedTokens: number | null;
    readonly outputTokens: number | null;
    readonly costUsd: number | null;
    /** Mean of the natural logarithms of the trials' costs in USD; null when one is unknown or zero. */
    readonly meanLogCost: number | null;
    readonly workingMs: number;
  };

/** In how many trials of an arm files that could have crossed were not graded, and the files that were so most often, with the number of their trials. */
export type HeldBackResult = { readonly trials: number; readonly files: readonly (HeldBack & { readonly trials: number })[] };

/** The figures of one arm in a run. Sums are over graded trials, `unbilledAttempts` and `assumedUsd` over all; a null sum has an unknown part. */
export type ArmResult = Doubts &
  Speed & {
    readonly armId: string;
    readonly name: string;
    readonly agent: AgentSpec;
    readonly api: Api;
    readonly model: string;
    readonly promptName: string;
    readonly promptDigest: string;
    /** The agent settings (limits and the rest) without the prompt. */
    readonly settings: Readonly<Record<string, unknown>>;
    /** The price in models.yaml when the run started; null when there was none. */
    readonly price: Price | null;
    /** The cap on the cost of a trial in US dollars; null where there was none. */
    readonly maxTrialCostUsd: number | null;
    readonly trialCap: TrialCapResult;
    readonly perTask: readonly TaskResult[];
    readonly graded: number;
    readonly passed: number;
    readonly errors: number;
    readonly tampered: number;
    readonly isolation: IsolationResult;
    readonly heldBack: HeldBackResult;
    readonly iterations: number;
    readonly inputTokens: number | null;
    readonly cacheReadTokens: number | null;
    readonly cacheWriteTokens: number | null;
    readonly outputTokens: number | null;
    readonly costUsd: number | null;
    /** The part of `costUsd` that this run paid for: trials reused from earlier runs are left out. */
    readonly paidUsd: number | null;
    /** Known cost of every step, including those of trials that were abandoned or ended in an error. */
    readonly spentUsd: number;
    /** Median time in the model and in tools, without waiting for rate limits or for a sandbox; null without a graded trial. */
    readonly medianWorkingMs: number | null;
  };

/** One step of a stored trajectory: a model response with its tool calls. Tokens are null where the provider gave no count. */
export type StepRecord = {
  readonly iteration: number;
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string;
  readonly inputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  /** What does not add up in the provider's figures, or null. */
  readonly usageInconsistency: string | null;
  readonly costUsd: number | null;
  /** The two readings that `costUsd` was chosen from: by the price, and as the provider or a gateway reported it. */
  readonly computedUsd: number | null;
  readonly reportedUsd: number | null;
  readonly durationMs: number;
  /** Time to the first token; null for an answer that was not streamed. */
  readonly firstTokenMs: number | null;
  readonly waitedMs: number;
  readonly servedModel: string | null;
  readonly toolCalls: readonly ToolCallRecord[];
  readonly notes: readonly { readonly kind: string; readonly text: string }[];
};

/** One tool call of a stored trajectory; `result` is null when the harness stopped while it ran. */
export type ToolCallRecord = {
  readonly tool: string;
  readonly arguments: string;
  readonly decision: string | null;
  readonly result: string | null;
  readonly errorKind: string | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number | null;
};

/** A whole trial, from the first message to the verdict. */
export type Trajectory = {
  readonly trial: TrialRecord;
  readonly system: string;
  readonly firstTurns: readonly string[];
  readonly steps: readonly StepRecord[];
  /** Notes of the harness that belong to no step: a request that was rejected or cut off, a file that could not be submitted. */
  readonly notes: readonly { readonly kind: string; readonly text: string }[];
  readonly tests: readonly { readonly name: string; readonly status: string; readonly message: string | null }[];
  readonly tampering: readonly { readonly kind: string; readonly evidence: string }[];
  readonly testLog: string;
};

/** One execution of a trial. `ended` is null when it stopped before its end; `resumed` counts how often it was resumed. */
export type ExecutionRecord = {
  readonly startedAt: string;
  readonly ended: "finished" | "abandoned" | null;
  readonly reason: string | null;
  readonly resumed: number;
  readonly steps: number;
  readonly costUsd: number | null;
};

/** A verdict that a later grading of the same solution has replaced. */
export type EarlierVerdict = {
  readonly replacedAt: string;
  readonly passed: boolean;
  readonly reason: VerdictReason;
  readonly testsPassed: number;
  readonly testsTotal: number;
};
