import type { Api, Price } from "./model.ts";
import type { RunEnd } from "./record.ts";

/** What an earlier trial used. Only trials that were graded and not reused from another run are included. */
export type PastTrial = {
  readonly runId: string;
  readonly taskId: string;
  readonly taskDigest: string;
  readonly passed: boolean;
  readonly iterations: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  /** False where the provider gave no count of tokens for one of its steps: the counts are too low then. */
  readonly isUsageKnown: boolean;
  readonly costUsd: number | null;
  /** The price in models.yaml when the trial ran; null where there was none. */
  readonly price: Price | null;
  readonly workingMs: number;
  /** Whether it ended because its next request could have passed the cap on its cost. */
  readonly endedAtCap: boolean;
  /** The cap on the cost of a trial that its arm had; null where there was none. */
  readonly maxCostUsd: number | null;
};

/** The name of an arm that was run, with its model and prompt. */
export type KnownArm = { readonly name: string; readonly model: string; readonly prompt: string };

/** The results of one arm in one run, as a point of a series. */
export type SeriesPoint = {
  readonly runId: string;
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly suite: string;
  readonly suiteDigest: string;
  /** The settings stored with the run, among them the state of git. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly armId: string;
  readonly name: string;
  readonly api: Api;
  readonly promptDigest: string;
  readonly errors: number;
  readonly tampered: number;
  readonly end: RunEnd | null;
  readonly stoppedBy: string | null;
  /** Tasks of the run, and those of them of which every trial of the arm has a result. */
  readonly tasks: number;
  readonly finishedTasks: number;
  /** Only tasks with at least one graded trial; `costUsd` is the sum over graded trials, null when one of their costs is unknown. */
  readonly perTask: readonly TaskPoint[];
};

type TaskPoint = {
  readonly taskId: string;
  readonly group?: string | null;
  readonly passed: number;
  readonly trials: number;
  readonly costUsd: number | null;
};
