import type { RunRecord } from "../../core/record.ts";
import type { FailRule } from "../../stats/gate.ts";
import type { ArmInRun } from "../summary.ts";
import type { GateMode } from "./gate-result.ts";

/** What a sequential gate fixes before its first round; nothing in it may change afterwards. `maxDrop` and `maxCostIncrease` are shares. */
export type Preregistration = {
  readonly maxDrop: number;
  readonly alpha: number;
  readonly mode: GateMode;
  readonly failWhen: FailRule;
  readonly maxCostIncrease?: number;
  readonly allowMismatch?: true;
  readonly allowUnderpowered?: true;
  /** Set when the gate was started by a version that judged the cost anew after every round; its verdict stays what it was. */
  readonly formerCost?: true;
  readonly rounds: number;
  /** `runId` is null for an arm of the gate's own run. */
  readonly baseline: { readonly runId: string | null; readonly armId: string };
  /** Id of the candidate's arm. */
  readonly candidate: string;
};

// Earlier versions stored the modes under these names.
const FORMER_MODES: Readonly<Record<string, GateMode>> = { guard: "regression", prove: "non-inferiority" };

type Stored = Omit<Preregistration, "mode" | "failWhen"> & { readonly mode: string; readonly failWhen?: FailRule };

/** Reads the preregistration stored with a run; null for a run without a gate. Earlier versions had one rule, and stored none. */
export function preregistrationOf({ settings }: RunRecord): Preregistration | null {
  const stored = settings["gate"] as Stored | undefined;
  if (!stored) return null;
  const mode = FORMER_MODES[stored.mode] ?? (stored.mode as GateMode);
  if (stored.failWhen !== undefined) return { ...stored, mode, failWhen: stored.failWhen };
  return { ...stored, mode, failWhen: "worse", ...(stored.maxCostIncrease === undefined ? {} : { formerCost: true }) };
}

/** Finds the preregistration of the gate for which exactly these two arms were run, whose interim analyses set its intervals; null if there is none. */
export function sharedPreregistration(sides: { readonly baseline: ArmInRun; readonly candidate: ArmInRun }): Preregistration | null {
  const { baseline, candidate } = sides;
  const found = preregistrationOf(candidate.run);
  if (!found || found.candidate !== candidate.arm.armId || found.baseline.armId !== baseline.arm.armId) return null;
  return (found.baseline.runId ?? candidate.run.id) === baseline.run.id ? found : null;
}

/**
 * Checks whether the gate of a run stopped it before its last planned round, and after how many rounds; else null. Such a run was stopped because of its
 * results, so it is a biased sample for any other question.
 */
export function earlyStopOf(run: RunRecord): { readonly rounds: number; readonly plannedRounds: number } | null {
  const found = preregistrationOf(run);
  return found === null || run.attempts >= found.rounds ? null : { rounds: run.attempts, plannedRounds: found.rounds };
}

/** Tells whether a run belongs to a sequential gate, which then resumes it. */
export function isOfGate({ settings }: Pick<RunRecord, "settings">): boolean {
  return "gate" in settings;
}
