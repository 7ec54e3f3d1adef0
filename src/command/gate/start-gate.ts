import { changeBetween } from "../../analysis/compare.ts";
import { groupSizesOf } from "../../analysis/comparison-power.ts";
import type { GateArms } from "../../analysis/gate/decide-round.ts";
import { type Preregistration, sharedPreregistration } from "../../analysis/gate/preregistration.ts";
import { UserError } from "../../core/errors.ts";
import { armsAfterRound, finalAnalysisOf } from "../../run/gate/gate-rounds.ts";
import { storedSides } from "../../run/gate/stored-gate-sides.ts";
import type { Store } from "../../store/store.ts";
import { dashed } from "../flag.ts";
import { readStore } from "../open-store.ts";
import { checkOutputs } from "../report/report-file.ts";
import { FIXED_FLAGS } from "../run/run-settings.ts";
import type { ExitCode } from "../terminal.ts";
import {
  type AllGateFlags,
  checkPower,
  type GateFlags,
  PREREGISTERED_FLAGS,
  refuseStoppedEarly,
  withPreregistration,
} from "./gate-flags.ts";
import { type GateDeps, gateSummary, printGate } from "./print-gate.ts";

/** Decides a gate over stored trials, or runs the trials first with --sequential or --resume; throws UserError before any trial or file when a flag or name is wrong. */
export async function startGate(flags: AllGateFlags, deps: GateDeps): Promise<ExitCode> {
  checkOutputs(flags.output ?? []);
  if (flags.sequential || flags.resume !== undefined) return (await import("./sequential-gate.ts")).sequentialGate(flags, deps);
  refuseRunFlags(deps.given);
  const { baseline } = flags;
  if (baseline === undefined)
    throw new UserError(
      "Cannot gate: no baseline is named; use --baseline with an arm, run, branch or saved baseline, or --sequential to run two prompts or models",
    );
  return readStore(flags.db, (store) =>
    printGate(decideNamedGate(store, { ...flags, baseline }, deps.given), { store, flags, terminal: deps.terminal }),
  );
}

function refuseRunFlags(given: GateDeps["given"]): void {
  const stray = FIXED_FLAGS.find(given);
  if (stray)
    throw new UserError(
      `Cannot gate stored trials with ${dashed(stray)}: it applies only when trials are run; add --sequential to run them, or leave it out`,
    );
}

/** A gate over stored arms: the names of both sides and the flags that set its terms. */
export type NamedGate = GateFlags & { readonly baseline: string; readonly candidate?: string };

/**
 * Decides a gate over the stored arms that the flags name. Arms that were run for a sequential gate are decided by its preregistered terms. `given` checks
 * whether the user set a flag.
 *
 * Throws UserError when a side cannot be found, the two cannot be compared, or a flag would change preregistered terms.
 */
export function decideNamedGate(store: Store, flags: NamedGate, given: GateDeps["given"]): ReturnType<typeof gateSummary> {
  const sides = storedSides(store, flags.baseline, flags.candidate);
  const own = sharedPreregistration(sides);
  if (own) return decideAgain(store, { sides, preregistration: own, flags }, given);
  refuseStoppedEarly(sides.baseline);
  refuseStoppedEarly(sides.candidate);
  const attempts = Math.min(sides.baseline.run.attempts, sides.candidate.run.attempts);
  checkPower(flags, {
    tasks: sides.candidate.arm.perTask.length,
    attempts,
    change: changeBetween(sides.baseline.arm, sides.candidate.arm),
    groupSizes: groupSizesOf(sides.candidate.arm.perTask),
  });
  return gateSummary(sides, { flags, final: null });
}

function decideAgain(
  store: Store,
  { sides, preregistration, flags }: { readonly sides: GateArms; readonly preregistration: Preregistration; readonly flags: NamedGate },
  given: GateDeps["given"],
): ReturnType<typeof gateSummary> {
  const { run } = sides.candidate;
  const changed = PREREGISTERED_FLAGS.find(given);
  if (changed)
    throw new UserError(
      `Cannot gate run "${run.id}" with ${dashed(changed)}: it was run for a gate whose terms were fixed before it started; leave it out`,
    );
  return gateSummary(armsAfterRound(store, run.id, preregistration, run.attempts), {
    flags: withPreregistration(flags, preregistration),
    final: finalAnalysisOf(store, run.id, preregistration),
  });
}
