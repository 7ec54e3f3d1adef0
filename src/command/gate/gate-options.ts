import type { GateOptions } from "../../analysis/gate/judge-gate.ts";
import { UserError } from "../../core/errors.ts";
import { MAX_ROUNDS, SEQUENTIAL_LEVELS, sequentialBoundary } from "../../stats/group-sequential.ts";
import { assumedSpread, type Change, minimumDetectableEffect } from "../../stats/power.ts";

/** The flags of `bench gate` that say what is promised. */
export type GateFlags = {
  readonly baseline?: string;
  readonly maxDrop: number;
  readonly maxCostIncrease?: number;
  readonly alpha: number;
  readonly mode: GateOptions["mode"];
  readonly onInconclusive?: "pass" | "fail";
  readonly allowMismatch?: true;
  readonly allowUnderpowered?: true;
  readonly sequential?: true;
  readonly output?: readonly string[];
};

const POWER = 0.8;

/** What the flags promise. */
export function gateOptions(flags: GateFlags): GateOptions {
  return {
    margin: flags.maxDrop,
    alpha: flags.alpha,
    mode: flags.mode,
    maxCostIncrease: flags.maxCostIncrease ?? null,
    onInconclusive: flags.onInconclusive ?? null,
  };
}

/** Refuses looks for which no error rate is known; throws UserError. */
export function checkRounds(rounds: number, alpha: number): void {
  if (rounds < 2)
    throw new UserError(
      `Cannot gate in rounds: --attempts is ${rounds}, which leaves one look; use --attempts 2 to ${MAX_ROUNDS}, or leave out --sequential`,
    );
  if (sequentialBoundary(alpha, rounds) === null)
    throw new UserError(
      `Cannot gate in rounds: no bounds are known for --attempts ${rounds} at --alpha ${alpha}; use at most ${MAX_ROUNDS} attempts and --alpha ${SEQUENTIAL_LEVELS.join(", ")}`,
    );
}

/** Refuses to prove a margin that so few trials could not prove; throws UserError unless that was allowed. */
export function checkPower(
  flags: Pick<GateFlags, "mode" | "maxDrop" | "alpha" | "allowUnderpowered">,
  plan: { readonly tasks: number; readonly attempts: number; readonly change: Change },
): void {
  if (flags.mode !== "prove" || flags.allowUnderpowered || plan.tasks < 2) return;
  const detectable = minimumDetectableEffect({
    tasks: plan.tasks,
    attemptsBaseline: plan.attempts,
    attemptsCandidate: plan.attempts,
    ...assumedSpread(plan.change),
    alpha: flags.alpha,
    power: POWER,
  });
  if (detectable <= flags.maxDrop) return;
  const points = (share: number): string => `${(100 * share).toFixed(1)}pp`;
  throw new UserError(
    `Cannot prove --max-drop ${points(flags.maxDrop)}: ${plan.tasks} tasks with ${plan.attempts} attempts show drops from about ${points(detectable)} on; ask "bench plan", raise --max-drop, or use --allow-underpowered`,
  );
}
