import type { ArmResult, RunRecord, TaskResult } from "../core/record.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";
import type { Comparison } from "./comparison.ts";
import type { GateResult } from "./gate/gate-result.ts";

/** The figures of one arm of one run, ready to be shown. Token sums: `uncachedTokens` is input that was not read from a cache. */
export type ArmReport = {
  /** Unique within the report: the arm's name, with its run where the name alone would not tell it apart. */
  readonly label: string;
  readonly name: string;
  readonly armId: string;
  readonly runId: string;
  readonly api: string;
  readonly model: string;
  readonly prompt: string;
  readonly promptDigest: string;
  readonly scripted: boolean;
  readonly passRate: PassRate;
  /** Place among the arms of the report that the data allow; null where arms were not ranked. */
  readonly rank: { readonly low: number; readonly high: number } | null;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
  readonly tampered: number;
  readonly meanIterations: number | null;
  readonly uncachedTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  /** Known money spent in this run on trials that have no grade. */
  readonly ungradedUsd: number;
  readonly costPerSolvedUsd: number | null;
  readonly unbilledAttempts: number;
  readonly spentUsd: number;
  readonly medianWorkingMs: number | null;
  readonly perTask: readonly TaskResult[];
};

/** Results as every format shows them: of one run, or of arms picked from several. `missing` trials were planned and have no result yet. */
export type Report = {
  readonly schema: "bench-report/1";
  /** The runs that the arms come from, in the order of the arms. */
  readonly runs: readonly RunRecord[];
  readonly planned: number;
  readonly missing: number;
  readonly arms: readonly ArmReport[];
  /** Every arm after the first against the first; empty where nothing was compared. */
  readonly comparisons: readonly Comparison[];
  readonly gate: GateResult | null;
};

/** An arm with the run it is taken from. */
export type ArmInRun = { readonly run: RunRecord; readonly arm: ArmResult };

/** Makes the report of a run from its stored figures. */
export function buildReport(run: RunRecord, arms: readonly ArmResult[]): Report {
  return reportOf(
    arms.map((arm) => ({ run, arm })),
    [run],
  );
}

/** Makes the report of arms from any runs; `runs` are named even where they have no arm. */
export function reportOf(sides: readonly ArmInRun[], runs: readonly RunRecord[]): Report {
  const planned = sides.reduce((sum, { run, arm }) => sum + arm.perTask.length * run.attempts, 0);
  const done = sides.reduce((sum, { arm }) => sum + arm.graded + arm.errors, 0);
  const labels = labelsOf(sides);
  const arms = sides.map((side, index) => armReport(side, labels[index] ?? side.arm.name));
  return { schema: "bench-report/1", runs, planned, missing: planned - done, arms, comparisons: [], gate: null };
}

/** Names arms so that each name stands once: by run where two arms share a name. */
export function labelsOf(sides: readonly ArmInRun[]): readonly string[] {
  return sides.map(({ run, arm }) => {
    const isShared = sides.filter((other) => other.arm.name === arm.name).length > 1;
    return isShared ? `${arm.name}@${run.id}` : arm.name;
  });
}

function armReport({ run, arm }: ArmInRun, label: string): ArmReport {
  return {
    label,
    name: arm.name,
    armId: arm.armId,
    runId: run.id,
    api: arm.api,
    model: arm.model,
    prompt: arm.promptName,
    promptDigest: arm.promptDigest,
    scripted: arm.api === "scripted",
    passRate: passRate(arm.perTask),
    rank: null,
    passed: arm.passed,
    graded: arm.graded,
    errors: arm.errors,
    tampered: arm.tampered,
    meanIterations: arm.graded === 0 ? null : arm.iterations / arm.graded,
    uncachedTokens: arm.inputTokens + arm.cacheWriteTokens,
    cachedTokens: arm.cacheReadTokens,
    outputTokens: arm.outputTokens,
    costUsd: arm.costUsd,
    ungradedUsd: arm.paidUsd === null ? 0 : Math.max(0, arm.spentUsd - arm.paidUsd),
    costPerSolvedUsd: arm.costUsd === null || arm.passed === 0 ? null : arm.costUsd / arm.passed,
    unbilledAttempts: arm.unbilledAttempts,
    spentUsd: arm.spentUsd,
    medianWorkingMs: arm.medianWorkingMs,
    perTask: arm.perTask,
  };
}
