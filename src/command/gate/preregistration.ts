import { UserError } from "../../core/errors.ts";
import type { RunRecord } from "../../core/record.ts";
import type { Store } from "../../store/store.ts";
import type { GateFlags } from "./gate-options.ts";
import type { StoredSides } from "./gate-sides.ts";
import type { AllGateFlags } from "./print-gate.ts";

/** What a gate in rounds promised before its first round; nothing of it may change afterwards. */
export type Preregistration = Pick<
  AllGateFlags,
  "maxDrop" | "alpha" | "mode" | "maxCostIncrease" | "allowMismatch" | "allowUnderpowered"
> & {
  readonly rounds: number;
  /** `runId` is null for an arm of the gate's own run. */
  readonly baseline: { readonly runId: string | null; readonly armId: string };
  /** Id of the candidate's arm. */
  readonly candidate: string;
};

const PROMISED = ["maxDrop", "alpha", "mode", "maxCostIncrease", "allowMismatch", "allowUnderpowered"] as const;

/** The flags that a gate may not change once it has begun. */
export const PROMISED_FLAGS: readonly string[] = PROMISED;

/** Takes down what these flags promise. */
export function promiseOf(flags: AllGateFlags, sides: Pick<Preregistration, "baseline" | "candidate">): Preregistration {
  const { maxDrop, alpha, mode, maxCostIncrease, allowMismatch, allowUnderpowered } = flags;
  const optional = { maxCostIncrease, allowMismatch, allowUnderpowered };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { maxDrop, alpha, mode, rounds: flags.attempts, ...sides, ...given };
}

/** The flags of a gate, with what was promised in the place of what was typed. */
export function withPreregistration<Flags extends GateFlags>(flags: Flags, promise: Preregistration): Flags {
  const others = Object.fromEntries(Object.entries(flags).filter(([name]) => !PROMISED_FLAGS.includes(name)));
  const promised = Object.fromEntries(Object.entries(promise).filter(([name]) => PROMISED_FLAGS.includes(name)));
  return { ...others, ...promised } as Flags;
}

/** What the gate of a run promised; null for a run without one. */
export function promiseIn(run: RunRecord): Preregistration | null {
  return (run.settings["gate"] as Preregistration | undefined) ?? null;
}

/** Both sides of a gate in rounds after so many of them. Of the run's own arms only whole rounds count, whatever was taken over for later ones. */
export function sidesAfter(store: Store, runId: string, promise: Preregistration, rounds: number): StoredSides {
  const run = { ...store.findRun(runId), attempts: rounds };
  const own = store.runs
    .arms(runId, { maxAttempt: rounds, armIds: [promise.baseline.armId, promise.candidate] })
    .map((arm) => ({ run, arm }));
  const elsewhere = promise.baseline.runId;
  const others =
    elsewhere === null
      ? own
      : store.runs.arms(elsewhere, { armIds: [promise.baseline.armId] }).map((arm) => ({ run: store.findRun(elsewhere), arm }));
  const baseline = others.find(({ arm }) => arm.armId === promise.baseline.armId);
  const candidate = own.find(({ arm }) => arm.armId === promise.candidate);
  if (!baseline || !candidate) throw new UserError(`Cannot gate run "${runId}": an arm of it is no longer stored; start a new gate`);
  return { baseline, candidate };
}

/** Refuses an arm whose run was ended early by a gate of its own: what it has was stopped for its results, and is no fair sample for another question. */
export function refuseCutShort({ run, arm }: StoredSides["candidate"]): void {
  const promise = promiseIn(run);
  if (promise === null || run.attempts >= promise.rounds) return;
  throw new UserError(
    `Cannot gate with "${arm.name}" of run ${run.id}: its own gate ended it after ${run.attempts} of ${promise.rounds} attempts, so it is no fair sample for another; run it again, or ask for its own verdict with bench gate --resume ${run.id}`,
  );
}
