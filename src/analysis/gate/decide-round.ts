import { type InterimResult, interimAnalysis } from "../../stats/interim-analysis.ts";
import { commonTasks, pairedTask } from "../common-task.ts";
import { sideOf } from "../compare.ts";
import type { DataFlaw } from "../data-flaw.ts";
import { flawsOf } from "../find-flaws.ts";
import type { ArmInRun } from "../summary.ts";
import type { FinalAnalysis } from "./decide-gate.ts";
import type { GateState, SequentialPath } from "./gate-result.ts";
import { type Judgement, judgeGate, type Ruling } from "./judge-gate.ts";
import type { Preregistration } from "./preregistration.ts";

/** Both arms of a gate with their results so far. */
export type GateArms = { readonly baseline: ArmInRun; readonly candidate: ArmInRun };

/** Why a sequential gate continues, stops or pauses after a round; `chance` is that of reaching a claim by the last round. */
export type RoundReason =
  | { readonly kind: "flaw"; readonly flaw: DataFlaw }
  | { readonly kind: "too-few-tasks" }
  | { readonly kind: "decided"; readonly claim: GateState; readonly costOpen: boolean }
  | { readonly kind: "cost-over" }
  | { readonly kind: "open" }
  | { readonly kind: "open-after-last-round" }
  | { readonly kind: "futile"; readonly chance: number };

/** What a sequential gate does after a round. `analysis` is null when the data have flaws or too few tasks. */
export type RoundDecision = {
  readonly analysis: InterimResult | null;
  readonly next: "continue" | "stop" | "pause";
  readonly reason: RoundReason;
};

/** Decides from all trials of a gate's complete rounds whether it continues. Flaws in the data pause it until they are fixed. */
export function decideRound(arms: GateArms, preregistration: Preregistration, round: number): RoundDecision {
  const [flaw] = flawsIn(arms);
  if (flaw) return { analysis: null, next: "pause", reason: { kind: "flaw", flaw } };
  const analysis = analyze(arms, preregistration, round);
  if (analysis === null) return { analysis, next: "continue", reason: { kind: "too-few-tasks" } };
  const judged = judgeRound(arms, preregistration, round);
  const ruling = judged.rule(analysis.claim);
  const isLast = round === preregistration.rounds;
  // A cost that cannot be compared now will hardly become known, one that is open may.
  const isHopeless = analysis.ruling === "open" ? analysis.stops : analysis.ruling === "pass" && judged.cost?.state === "unknown";
  return {
    analysis,
    next: ruling.kind !== "open" || isLast || isHopeless ? "stop" : "continue",
    reason: reasonFor(analysis, { ruling, isLast, costOpen: judged.cost?.state === "inconclusive" }),
  };
}

function judgeRound({ baseline, candidate }: GateArms, preregistration: Preregistration, round: number): Judgement {
  const { maxDrop, alpha, failWhen, maxCostIncrease = null, formerCost } = preregistration;
  const { common } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  const terms = { margin: maxDrop, alpha, failWhen, maxCostIncrease, formerCost };
  return judgeGate({ baseline, candidate }, common, { terms, look: { round, rounds: preregistration.rounds } });
}

function reasonFor(
  { claim, ruling: ofPassRate, stops, chance }: InterimResult,
  { ruling, isLast, costOpen }: { readonly ruling: Ruling; readonly isLast: boolean; readonly costOpen: boolean },
): RoundReason {
  if (ruling.kind === "fail" && ruling.by === "cost") return { kind: "cost-over" };
  if (ruling.kind === "fail" || ofPassRate === "pass") return { kind: "decided", claim, costOpen: costOpen && ruling.kind === "open" };
  if (isLast) return { kind: "open-after-last-round" };
  return ofPassRate === "open" && stops ? { kind: "futile", chance } : { kind: "open" };
}

/** Repeats every interim analysis of a gate from its arms after each round, in order; null when no round had two tasks in common. */
export function analyzeRounds(
  afterRound: readonly GateArms[],
  preregistration: Preregistration,
  trials: Pick<SequentialPath, "plannedTrials" | "trials">,
): FinalAnalysis | null {
  const analyses = afterRound.flatMap((arms, index) => {
    const analysis = analyze(arms, preregistration, index + 1);
    return analysis ? [{ round: index + 1, ...analysis }] : [];
  });
  const last = analyses.at(-1);
  if (!last) return null;
  const looks = analyses.map(({ round, difference, low, high, claim }) => ({ round, difference, low, high, state: claim }));
  return { critical: last.critical, path: { plannedRounds: preregistration.rounds, looks, ...trials } };
}

function analyze(
  { baseline, candidate }: GateArms,
  { rounds, maxDrop, alpha, failWhen }: Preregistration,
  round: number,
): InterimResult | null {
  const tasks = commonTasks(baseline.arm.perTask, candidate.arm.perTask).common.map(pairedTask);
  return interimAnalysis(tasks, { rounds, margin: maxDrop, alpha, failWhen, round });
}

function flawsIn({ baseline, candidate }: GateArms): readonly DataFlaw[] {
  return flawsOf({ baseline, candidate, labels: { baseline: sideOf(baseline, undefined), candidate: sideOf(candidate, undefined) } });
}
