import type { AgentSpec } from "../core/agent.ts";
import type { CapStop, TrialCap } from "../core/cap.ts";
import type { IsolationResult } from "../core/isolation-words.ts";
import type { ArmResult, Doubts, HeldBackResult, RunRecord, Speed, TaskResult } from "../core/record.ts";
import { type PassRate, passRate } from "../stats/pass-rate.ts";
import type { Comparison } from "./comparison.ts";
import { costPerSolved } from "./cost-per-solved.ts";
import type { GateResult } from "./gate/gate-result.ts";
import { type AttemptsCurve, attemptsCurve } from "./part/attempts-curve.ts";
import { type PartResult, partResults } from "./part/part.ts";
import type { PublishedComparison } from "./published-comparison.ts";

/** The figures of one arm of one run. Token sums and the cost are null where a part is unknown, and without a graded trial: `uncachedTokens` is input that was not read from a cache. */
export type ArmSummary = Doubts &
  Speed & {
    /** Unique within the summary: the arm's name, followed by `@` and its run where two arms share a name. */
    readonly label: string;
    readonly name: string;
    readonly armId: string;
    readonly runId: string;
    readonly agent: AgentSpec;
    readonly api: string;
    readonly model: string;
    readonly prompt: string;
    readonly promptDigest: string;
    readonly scripted: boolean;
    readonly passRate: PassRate;
    /** Best and worst place among the arms that the data allow; null where arms were not ranked. */
    readonly rank: { readonly low: number; readonly high: number } | null;
    readonly passed: number;
    readonly graded: number;
    readonly errors: number;
    readonly tampered: number;
    readonly isolation: IsolationResult;
    readonly heldBack: HeldBackResult;
    readonly meanIterations: number | null;
    readonly uncachedTokens: number | null;
    readonly cachedTokens: number | null;
    readonly outputTokens: number | null;
    readonly costUsd: number | null;
    /** Known money spent in this run on trials that have no grade. */
    readonly ungradedUsd: number;
    readonly costPerSolvedUsd: number | null;
    /** What the cap on the cost of a trial did; null where there was none. */
    readonly trialCap: TrialCap | null;
    readonly spentUsd: number;
    readonly medianWorkingMs: number | null;
    /** Pass@k and pass^k by number of attempts; null below two attempts or two tasks. */
    readonly attemptsCurve: AttemptsCurve | null;
    /** Results by tag and by group; empty where tasks have none. */
    readonly parts: readonly PartResult[];
    readonly perTask: readonly TaskResult[];
  };

/** Figures and decisions over one run, or over arms picked from several. `missing` trials were planned and have no result yet. */
export type Summary = {
  /** The runs that the arms come from, in the order of the arms. */
  readonly runs: readonly RunRecord[];
  readonly planned: number;
  readonly missing: number;
  /** The caps that stopped the run before all trials were done; empty over several runs. */
  readonly capStops: readonly CapStop[];
  readonly arms: readonly ArmSummary[];
  /** Every arm after the first against the first; empty where nothing was compared. */
  readonly comparisons: readonly Comparison[];
  readonly gate: GateResult | null;
  /** The only arm against a published figure; absent unless that was asked for. */
  readonly published?: PublishedComparison;
};

/** An arm with the run it belongs to. */
export type ArmInRun = { readonly run: RunRecord; readonly arm: ArmResult };

/** Summarizes all arms of a run, without comparing them; `capStops` are the caps that stopped it. */
export function summarizeRun(run: RunRecord, arms: readonly ArmResult[], capStops: readonly CapStop[] = []): Summary {
  const summary = summarize(
    arms.map((arm) => ({ run, arm })),
    [run],
  );
  return { ...summary, capStops };
}

/** Summarizes arms of any runs, without comparing them; `runs` may include runs without an arm. */
export function summarize(sides: readonly ArmInRun[], runs: readonly RunRecord[]): Summary {
  const planned = sides.reduce((sum, { run, arm }) => sum + arm.perTask.length * run.attempts, 0);
  const done = sides.reduce((sum, { arm }) => sum + arm.graded + arm.errors, 0);
  const labels = labelsOf(sides);
  const arms = sides.map((side, index) => armSummary(side, labels[index] ?? side.arm.name));
  return { runs, planned, missing: planned - done, capStops: [], arms, comparisons: [], gate: null };
}

/** Gives each arm a unique label: its name, followed by its run where two arms share a name. */
export function labelsOf(sides: readonly ArmInRun[]): readonly string[] {
  return sides.map(({ run, arm }) => {
    const isShared = sides.filter((other) => other.arm.name === arm.name).length > 1;
    return isShared ? `${arm.name}@${run.id}` : arm.name;
  });
}

function armSummary({ run, arm }: ArmInRun, label: string): ArmSummary {
  return {
    label,
    name: arm.name,
    armId: arm.armId,
    runId: run.id,
    agent: arm.agent,
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
    isolation: arm.isolation,
    heldBack: arm.heldBack,
    meanIterations: arm.graded === 0 ? null : arm.iterations / arm.graded,
    ...usedBy(arm),
    ungradedUsd: arm.paidUsd === null ? 0 : Math.max(0, arm.spentUsd - arm.paidUsd),
    costPerSolvedUsd: arm.costUsd === null ? null : costPerSolved(arm.perTask),
    unbilledAttempts: arm.unbilledAttempts,
    trialCap: trialCapOf({ run, arm }),
    assumedUsd: arm.assumedUsd,
    unknownUsageSteps: arm.unknownUsageSteps,
    doubtfulUsageSteps: arm.doubtfulUsageSteps,
    outputTokensPerSecond: arm.outputTokensPerSecond,
    firstTokenMs: arm.firstTokenMs,
    spentUsd: arm.spentUsd,
    medianWorkingMs: arm.medianWorkingMs,
    attemptsCurve: attemptsCurve(arm.perTask),
    parts: partResults(arm.perTask),
    perTask: arm.perTask,
  };
}

// Sums over no trials are no figures.
function usedBy(arm: ArmResult): Pick<ArmSummary, "uncachedTokens" | "cachedTokens" | "outputTokens" | "costUsd"> {
  if (arm.graded === 0) return { uncachedTokens: null, cachedTokens: null, outputTokens: null, costUsd: null };
  return {
    uncachedTokens: arm.inputTokens === null || arm.cacheWriteTokens === null ? null : arm.inputTokens + arm.cacheWriteTokens,
    cachedTokens: arm.cacheReadTokens,
    outputTokens: arm.outputTokens,
    costUsd: arm.costUsd,
  };
}

/** Gives the cap on the cost of a trial of an arm, and what it did; null where there was none. */
export function trialCapOf({ run, arm }: ArmInRun): TrialCap | null {
  if (arm.maxTrialCostUsd === null) return null;
  const flags = run.settings["flags"];
  const isFlag = typeof flags === "object" && flags !== null && "maxTrialCost" in flags && flags.maxTrialCost === arm.maxTrialCostUsd;
  return { ...arm.trialCap, maxUsd: arm.maxTrialCostUsd, setBy: isFlag ? "--max-trial-cost" : "max_trial_cost" };
}
