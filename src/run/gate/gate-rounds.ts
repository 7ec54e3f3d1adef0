import type { FinalAnalysis } from "../../analysis/gate/decide-gate.ts";
import { analyzeRounds, decideRound, type GateArms, type RoundDecision } from "../../analysis/gate/decide-round.ts";
import type { Preregistration } from "../../analysis/gate/preregistration.ts";
import { UserError } from "../../core/errors.ts";
import type { Store } from "../../store/store.ts";

/**
 * Reads both arms of a sequential gate as they stood after so many rounds. Of the gate's own run only these rounds count, even if trials of later rounds were
 * reused from earlier runs.
 *
 * Throws UserError when an arm is no longer stored.
 */
export function armsAfterRound(store: Store, runId: string, preregistration: Preregistration, rounds: number): GateArms {
  const { baseline: place, candidate: candidateId } = preregistration;
  const run = { ...store.findRun(runId), attempts: rounds };
  const own = store.runs.arms(runId, { maxAttempt: rounds, armIds: [place.armId, candidateId] }).map((arm) => ({ run, arm }));
  const elsewhere = place.runId;
  const others =
    elsewhere === null ? own : store.runs.arms(elsewhere, { armIds: [place.armId] }).map((arm) => ({ run: store.findRun(elsewhere), arm }));
  const baseline = others.find(({ arm }) => arm.armId === place.armId);
  const candidate = own.find(({ arm }) => arm.armId === candidateId);
  if (!baseline || !candidate) throw new UserError(`Cannot gate run "${runId}": an arm of it is no longer stored; start a new gate`);
  return { baseline, candidate };
}

/** Decides from the stored trials whether a sequential gate continues after a complete round. */
export function decideAfterRound(
  store: Store,
  runId: string,
  { preregistration, round }: { readonly preregistration: Preregistration; readonly round: number },
): RoundDecision {
  return decideRound(armsAfterRound(store, runId, preregistration, round), preregistration, round);
}

/** Repeats the interim analyses of every round that a gate has run, so that its verdict is the same at any time; null below two tasks in common. */
export function finalAnalysisOf(store: Store, runId: string, preregistration: Preregistration): FinalAnalysis | null {
  const { attempts } = store.findRun(runId);
  const afterRound = Array.from({ length: attempts }, (_, index) => armsAfterRound(store, runId, preregistration, index + 1));
  const { tasks, arms } = store.runs.shape(runId);
  const cells = tasks.length * arms.length;
  return analyzeRounds(afterRound, preregistration, { plannedTrials: cells * preregistration.rounds, trials: cells * attempts });
}
