import type { ArmResult, RunRecord } from "../core/record.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";

/** The figures of one arm, ready to be shown. Token sums: `uncachedTokens` is input that was not read from a cache. */
export type ArmReport = {
  readonly name: string;
  readonly armId: string;
  readonly api: string;
  readonly model: string;
  readonly prompt: string;
  readonly scripted: boolean;
  readonly passRate: PassRate;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
  readonly tampered: number;
  readonly meanIterations: number | null;
  readonly uncachedTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly costPerSolvedUsd: number | null;
  readonly unbilledAttempts: number;
  readonly spentUsd: number;
  readonly medianWorkingMs: number | null;
  readonly perTask: ArmResult["perTask"];
};

/** A run's results as every format shows them. `missing` trials were planned and have no result yet. */
export type Report = {
  readonly run: RunRecord;
  readonly planned: number;
  readonly missing: number;
  readonly arms: readonly ArmReport[];
};

/** Makes the report of a run from its stored figures. */
export function buildReport(run: RunRecord, arms: readonly ArmResult[]): Report {
  const tasks = arms[0]?.perTask.length ?? 0;
  const planned = tasks * arms.length * run.attempts;
  const done = arms.reduce((sum, arm) => sum + arm.graded + arm.errors, 0);
  return { run, planned, missing: planned - done, arms: arms.map(armReport) };
}

function armReport(arm: ArmResult): ArmReport {
  return {
    name: arm.name,
    armId: arm.armId,
    api: arm.api,
    model: arm.model,
    prompt: arm.promptName,
    scripted: arm.api === "scripted",
    passRate: passRate(arm.perTask),
    passed: arm.passed,
    graded: arm.graded,
    errors: arm.errors,
    tampered: arm.tampered,
    meanIterations: arm.graded === 0 ? null : arm.iterations / arm.graded,
    uncachedTokens: arm.inputTokens + arm.cacheWriteTokens,
    cachedTokens: arm.cacheReadTokens,
    outputTokens: arm.outputTokens,
    costUsd: arm.costUsd,
    costPerSolvedUsd: arm.costUsd === null || arm.passed === 0 ? null : arm.costUsd / arm.passed,
    unbilledAttempts: arm.unbilledAttempts,
    spentUsd: arm.spentUsd,
    medianWorkingMs: arm.medianWorkingMs,
    perTask: arm.perTask,
  };
}
