import type { GateOptions } from "../../analysis/gate/decide-gate.ts";
import { type BaselineIssue, roundsIssue, undetectableMargin } from "../../analysis/gate/gate-precheck.ts";
import type { Preregistration } from "../../analysis/gate/preregistration.ts";
import { earlyStopOf } from "../../analysis/gate/preregistration.ts";
import type { ArmInRun } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import { mismatchWords } from "../../report/comparison-words.ts";
import { MAX_ROUNDS, SEQUENTIAL_LEVELS } from "../../stats/group-sequential.ts";
import type { Change } from "../../stats/power.ts";
import type { RunFlags } from "../run/run-settings.ts";

/** The flags of `bench gate` that set its terms. */
export type GateFlags = {
  readonly baseline?: string;
  readonly maxDrop: number;
  readonly maxCostIncrease?: number;
  readonly alpha: number;
  readonly mode: GateOptions["mode"];
  readonly failWhen: GateOptions["failWhen"];
  /** Set by the preregistration of an earlier version. */
  readonly formerCost?: true;
  readonly onInconclusive?: "pass" | "fail";
  readonly allowMismatch?: true;
  readonly allowUnderpowered?: true;
  readonly sequential?: true;
  readonly trustDatabase?: true;
  readonly output?: readonly string[];
};

/** All flags of `bench gate`, including those of the run that it may start. */
export type AllGateFlags = GateFlags & RunFlags & { readonly candidate?: string };

/** Reads the terms of a gate from its flags. */
export function gateOptions(flags: GateFlags): GateOptions {
  return {
    margin: flags.maxDrop,
    alpha: flags.alpha,
    mode: flags.mode,
    failWhen: flags.failWhen,
    formerCost: flags.formerCost,
    maxCostIncrease: flags.maxCostIncrease ?? null,
    onInconclusive: flags.onInconclusive ?? null,
  };
}

const PREREGISTERED = ["maxDrop", "alpha", "mode", "failWhen", "maxCostIncrease", "allowMismatch", "allowUnderpowered"] as const;

/** The flags that may not change once a sequential gate has started. */
export const PREREGISTERED_FLAGS: readonly string[] = PREREGISTERED;

/** Records the terms of a sequential gate before its first round. */
export function preregister(flags: AllGateFlags, sides: Pick<Preregistration, "baseline" | "candidate">): Preregistration {
  const { maxDrop, alpha, mode, failWhen, maxCostIncrease, allowMismatch, allowUnderpowered } = flags;
  const optional = { maxCostIncrease, allowMismatch, allowUnderpowered };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { maxDrop, alpha, mode, failWhen, rounds: flags.attempts, ...sides, ...given };
}

/** Replaces the terms in the flags of a gate by those that were preregistered. */
export function withPreregistration<Flags extends GateFlags>(flags: Flags, preregistration: Preregistration): Flags {
  const others = Object.fromEntries(Object.entries(flags).filter(([name]) => !PREREGISTERED_FLAGS.includes(name)));
  const fixed = Object.fromEntries(Object.entries(preregistration).filter(([name]) => PREREGISTERED_FLAGS.includes(name)));
  return { ...others, ...fixed, ...(preregistration.formerCost ? { formerCost: true } : {}) } as Flags;
}

/** Refuses a number of rounds for which no error probability is known; throws UserError. */
export function checkRounds(rounds: number, alpha: number): void {
  const issue = roundsIssue(rounds, alpha);
  if (issue === "single-round")
    throw new UserError(
      `Cannot gate in rounds: --attempts is ${rounds}, which leaves a single round; use --attempts 2 to ${MAX_ROUNDS}, or leave out --sequential`,
    );
  if (issue === "no-bounds")
    throw new UserError(
      `Cannot gate in rounds: no bounds are known for --attempts ${rounds} at --alpha ${alpha}; use at most ${MAX_ROUNDS} attempts and --alpha ${SEQUENTIAL_LEVELS.join(", ")}`,
    );
}

/** Refuses a non-inferiority gate with too few trials to show that its margin is kept; throws UserError unless that was allowed. */
export function checkPower(
  flags: Pick<GateFlags, "mode" | "maxDrop" | "alpha" | "allowUnderpowered">,
  plan: { readonly tasks: number; readonly attempts: number; readonly change: Change; readonly groupSizes?: readonly number[] | null },
): void {
  const detectable = undetectableMargin(flags, plan);
  if (detectable === null) return;
  const points = (share: number): string => `${(100 * share).toFixed(1)}pp`;
  throw new UserError(
    `Cannot show that --max-drop ${points(flags.maxDrop)} is kept: ${plan.tasks} tasks with ${plan.attempts} attempts can only show drops of about ${points(detectable)} or more; see "bench plan", raise --max-drop, or use --allow-underpowered`,
  );
}

/** Refuses an arm whose run was stopped early by a gate of its own; throws UserError. */
export function refuseStoppedEarly({ run, arm }: ArmInRun): void {
  const early = earlyStopOf(run);
  if (early)
    throw new UserError(
      `Cannot gate with "${arm.name}" of run ${run.id}: its own gate stopped it after ${early.rounds} of ${early.plannedRounds} attempts, so it is not a fair sample for another; run it again, or see its own verdict with: bench gate --resume ${run.id}`,
    );
}

/** Refuses a stored baseline that the candidate could not be compared with; throws UserError. */
export function refuseBaseline(issue: Exclude<BaselineIssue, { kind: "stopped-early" }>, { run, arm }: ArmInRun, candidate: string): never {
  if (issue.kind === "incomplete")
    throw new UserError(
      `Cannot gate against "${arm.name}" of run ${run.id}: only ${issue.graded} of ${issue.planned} of its trials have a grade; complete it first: bench run --resume ${run.id}`,
    );
  const { what, baseline, candidate: after } = mismatchWords(issue.mismatch);
  throw new UserError(
    `Cannot gate "${candidate}" against "${arm.name}" of run ${run.id}: they would differ in ${what} (${baseline} against ${after}); run the baseline again, or use --allow-mismatch`,
  );
}
