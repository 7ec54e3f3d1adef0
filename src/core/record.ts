import type { AgentSpec, StopKind } from "./agent.ts";
import type { InfraSource } from "./errors.ts";
import type { Api, Price } from "./model.ts";
import type { VerdictReason } from "./verdict.ts";

/** How a run ended; null while it runs, or when it was killed. */
export type RunEnd = "complete" | "interrupted" | "failed";

/** What is kept of a run, besides its trials. */
export type RunRecord = {
  readonly id: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly end: RunEnd | null;
  readonly suite: string;
  readonly suiteDigest: string;
  /** How often each arm tries each task; less than was asked for where a sequential gate was decided early. */
  readonly attempts: number;
  readonly harnessVersion: string;
  readonly image: string;
  readonly imageId: string;
  readonly tags: readonly string[];
  /** The command line and files it came from, so that it can be resumed and reproduced. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/** A name for a run, or for one arm of it, that others are compared with. */
export type Baseline = { readonly name: string; readonly runId: string; readonly armId: string | null; readonly savedAt: string };

/** A run in a list: what there is of it so far. */
export type RunListing = RunRecord & {
  readonly arms: readonly { readonly name: string; readonly api: Api }[];
  readonly planned: number;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
  readonly costUsd: number | null;
};

/** One finished trial as reports need it. */
export type TrialRecord = {
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
  readonly iterations: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Requests that failed or were cut, and may have been billed on top. */
  readonly unbilledAttempts: number;
  /** Time in the model and in tools; waiting for a provider or for a place is no part of it. */
  readonly workingMs: number;
  readonly stopDetail: string | null;
};

/** The finished trials of one arm on one task. `trials` are the graded ones, and every sum is over them; a null sum has an unknown part. */
export type TaskResult = {
  readonly taskId: string;
  readonly taskDigest: string;
  readonly passed: number;
  readonly trials: number;
  readonly errors: number;
  readonly tampered: number;
  /** Trials that a limit of iterations, time, tokens or money ended. */
  readonly capped: number;
  readonly iterations: number;
  /** Input that was not read from a cache. */
  readonly uncachedTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Mean of the natural logarithms of the trials' costs; null when one is unknown or zero. */
  readonly meanLogCost: number | null;
  readonly workingMs: number;
};

/** The figures of one arm in a run. Sums are over graded trials; a null sum has an unknown part. */
export type ArmResult = {
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
  readonly perTask: readonly TaskResult[];
  readonly graded: number;
  readonly passed: number;
  readonly errors: number;
  readonly tampered: number;
  readonly iterations: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** The part of `costUsd` that this run paid for: trials taken over from earlier runs are left out. */
  readonly paidUsd: number | null;
  readonly unbilledAttempts: number;
  /** Known cost of every step, those of trials that were dropped or ended in an error included. */
  readonly spentUsd: number;
  /** Of the time in the model and in tools; waiting for a provider or for a place is no part of it. */
  readonly medianWorkingMs: number | null;
};

/** One step of a stored trajectory. */
export type StepRecord = {
  readonly iteration: number;
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly durationMs: number;
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
  /** What the harness noted outside any step: a request that was rejected or cut, a file that was not delivered. */
  readonly notes: readonly { readonly kind: string; readonly text: string }[];
  readonly tests: readonly { readonly name: string; readonly status: string; readonly message: string | null }[];
  readonly tampering: readonly { readonly kind: string; readonly evidence: string }[];
  readonly testLog: string;
};

/** One go at a trial; `ended` is null where it was left in the middle. */
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
