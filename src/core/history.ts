import type { Api, Price } from "./model.ts";

/** What one trial of the past took; only graded ones that really ran are history. */
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
  readonly costUsd: number | null;
  /** The price that models.yaml gave when it ran; null where it gave none. */
  readonly price: Price | null;
  readonly workingMs: number;
};

/** A name that an arm was run under, with what it stood for. */
export type KnownArm = { readonly name: string; readonly model: string; readonly prompt: string };

/** What one arm came to in one run, as a point of a series. */
export type SeriesPoint = {
  readonly runId: string;
  readonly createdAt: string;
  readonly tags: readonly string[];
  readonly suite: string;
  readonly suiteDigest: string;
  /** What is kept with the run, the state of git included. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly armId: string;
  readonly name: string;
  readonly api: Api;
  readonly promptDigest: string;
  readonly errors: number;
  /** Only tasks that were graded at least once; `costUsd` is the sum over graded trials, null when a part is unknown. */
  readonly perTask: readonly TaskPoint[];
};

/** One task of a point. */
type TaskPoint = { readonly taskId: string; readonly passed: number; readonly trials: number; readonly costUsd: number | null };
