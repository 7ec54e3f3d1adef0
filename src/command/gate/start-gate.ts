import { changeBetween } from "../../analysis/compare.ts";
import { UserError } from "../../core/errors.ts";
import type { Store } from "../../store/store.ts";
import { dashed } from "../flag.ts";
import { openExistingStore } from "../open-store.ts";
import { checkOutputs } from "../report/report-file.ts";
import { FIXED_FLAGS } from "../run/run-settings.ts";
import type { ExitCode } from "../terminal.ts";
import { checkPower, type GateFlags } from "./gate-options.ts";
import { type StoredSides, storedSides } from "./gate-sides.ts";
import { looksSoFar } from "./interim-analysis.ts";
import { PROMISED_FLAGS, type Preregistration, promiseIn, refuseCutShort, sidesAfter, withPreregistration } from "./preregistration.ts";
import { type AllGateFlags, type GateDeps, gateSummary, tellGate } from "./print-gate.ts";

/** Judges stored trials, or runs what is to be judged; throws UserError before anything is run or written when a flag or name is wrong. */
export async function startGate(flags: AllGateFlags, surroundings: GateDeps): Promise<ExitCode> {
  checkOutputs(flags.output ?? []);
  if (flags.sequential || flags.resume !== undefined) return (await import("./gate-rounds.ts")).gateInRounds(flags, surroundings);
  refuseRunFlags(surroundings.given);
  if (flags.baseline === undefined)
    throw new UserError(
      "Cannot gate: no baseline is named; use --baseline with an arm, run, branch or saved baseline, or --sequential to run two prompts or models",
    );
  const store = openExistingStore(flags.db, "read");
  try {
    return await tellGate(judgeNamed(store, { ...flags, baseline: flags.baseline }, surroundings.given), {
      store,
      flags,
      terminal: surroundings.terminal,
    });
  } finally {
    store.close();
  }
}

function refuseRunFlags(given: GateDeps["given"]): void {
  const stray = FIXED_FLAGS.find(given);
  if (stray)
    throw new UserError(
      `Cannot gate stored trials with ${dashed(stray)}: it says how to run trials; add --sequential to run them, or leave it out`,
    );
}

/** What `judgeNamed` needs to know: the names of both sides and the flags that decide the judgement. */
export type NamedGate = GateFlags & { readonly baseline: string; readonly candidate?: string };

/**
 * Judges the stored arms that the flags name, by the rules fixed before their run where it was a gate's own. `given` tells which flags the user set.
 *
 * Throws UserError when a side cannot be found, the two cannot be compared, or a flag would change what was fixed.
 */
export function judgeNamed(store: Store, flags: NamedGate, given: GateDeps["given"]): ReturnType<typeof gateSummary> {
  const sides = storedSides(store, flags.baseline, flags.candidate);
  const own = ownGate(sides);
  if (own) return judgeAgain(store, { sides, promise: own, flags }, given);
  refuseCutShort(sides.baseline);
  refuseCutShort(sides.candidate);
  const attempts = Math.min(sides.baseline.run.attempts, sides.candidate.run.attempts);
  checkPower(flags, {
    tasks: sides.candidate.arm.perTask.length,
    attempts,
    change: changeBetween(sides.baseline.arm, sides.candidate.arm),
  });
  return gateSummary(sides, { flags, look: null });
}

// The gate that these very arms were run for, which has bounds of its own.
function ownGate({ baseline, candidate }: StoredSides): Preregistration | null {
  const promise = promiseIn(candidate.run);
  if (!promise || promise.candidate !== candidate.arm.armId || promise.baseline.armId !== baseline.arm.armId) return null;
  return (promise.baseline.runId ?? candidate.run.id) === baseline.run.id ? promise : null;
}

function judgeAgain(
  store: Store,
  { sides, promise, flags }: { readonly sides: StoredSides; readonly promise: Preregistration; readonly flags: NamedGate },
  given: GateDeps["given"],
): ReturnType<typeof gateSummary> {
  const { run } = sides.candidate;
  const changed = PROMISED_FLAGS.find(given);
  if (changed)
    throw new UserError(
      `Cannot gate run "${run.id}" with ${dashed(changed)}: it was run for a gate that promised this before it started; leave it out`,
    );
  const whole = sidesAfter(store, run.id, promise, run.attempts);
  return gateSummary(whole, { flags: withPreregistration(flags, promise), look: looksSoFar(store, run.id, promise) });
}
