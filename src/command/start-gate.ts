import { UserError } from "../core/errors.ts";
import { dashed } from "./flag.ts";
import { storedSides } from "./gate-sides.ts";
import { openExistingStore } from "./open-store.ts";
import { checkOutputs } from "./report-file.ts";
import { FIXED_FLAGS } from "./run-settings.ts";
import { type AllGateFlags, type GateSurroundings, judgeStored } from "./tell-gate.ts";
import type { ExitCode } from "./terminal.ts";

/** Judges stored trials, or runs what is to be judged; throws UserError before anything is run or written when a flag or name is wrong. */
export async function startGate(flags: AllGateFlags, surroundings: GateSurroundings): Promise<ExitCode> {
  checkOutputs(flags.output ?? []);
  if (flags.sequential || flags.resume !== undefined) return (await import("./gate-rounds.ts")).gateInRounds(flags, surroundings);
  const stray = FIXED_FLAGS.find(surroundings.given);
  if (stray)
    throw new UserError(
      `Cannot gate stored trials with ${dashed(stray)}: it says how to run trials; add --sequential to run them, or leave it out`,
    );
  if (flags.baseline === undefined)
    throw new UserError(
      "Cannot gate: no baseline is named; use --baseline with an arm, run, branch or saved baseline, or --sequential to run two prompts or models",
    );
  const store = openExistingStore(flags.db, "read");
  try {
    return await judgeStored(store, storedSides(store, flags.baseline, flags.candidate), {
      flags,
      terminal: surroundings.terminal,
      look: null,
    });
  } finally {
    store.close();
  }
}
