import type { RoundReason } from "../analysis/gate/decide-round.ts";
import type { GateFlaw, GateReason, GateResult, GateState, SequentialPath } from "../analysis/gate/gate-result.ts";
import { formatPoints, formatPointsInterval, formatRatio } from "../core/format.ts";
import { capClause } from "./cap-words.ts";

/** The words for each state of a gate. */
export const STATE_WORDS: Readonly<Record<GateState, string>> = {
  better: "better",
  "not-worse": "not worse",
  "worse-within-margin": "worse, within what is accepted",
  worse: "worse",
  inconclusive: "cannot tell",
  identical: "the same arm",
  invalid: "no verdict",
};

type Decided = Pick<
  GateResult,
  "baseline" | "candidate" | "mode" | "margin" | "alpha" | "state" | "difference" | "cost" | "sequential" | "outcome"
>;

/** Writes the verdict of a gate as one sentence without a full stop. */
export function gateSentence({ state, outcome, candidate, baseline, margin, cost }: Decided): string {
  const accepted = formatPoints(margin, { sign: false });
  if (state === "identical") return `${candidate.label} is the baseline itself`;
  if (state === "invalid") return "too many results are missing for a verdict";
  if (outcome === "fail" && cost?.state === "over" && state !== "worse") return `${candidate.label} costs more than is accepted`;
  if (state === "worse") return `${candidate.label} is worse than ${baseline.label}`;
  if (state === "inconclusive")
    return `${candidate.label} is neither shown to be worse nor to stay within ${accepted} of ${baseline.label}`;
  const kept =
    state === "better"
      ? `${candidate.label} is better than ${baseline.label}`
      : `${candidate.label} stays within ${accepted} of ${baseline.label}`;
  return outcome === "inconclusive" ? `${kept}, but its cost is undecided` : kept;
}

/** Says what a gate accepts and how certain its claims are, without a full stop. */
export function acceptanceSentence({ margin, alpha, cost, sequential }: Decided): string {
  const drop = `A drop of up to ${formatPoints(margin, { sign: false })} is accepted`;
  const bill = cost ? `, and a cost of up to ${formatRatio(1 + cost.limit)}` : "";
  const percent = (share: number): string => `${Number((100 * share).toFixed(2))}%`;
  const level = sequential ? "intervals allow for an analysis after every round" : `intervals are at ${percent(1 - 2 * alpha)}`;
  return `${drop}${bill}; the risk of each wrong claim is ${percent(alpha)}, and ${level}`;
}

/** Says how many trials an early decision saved. */
export function savedSentence({ plannedTrials, trials }: SequentialPath): string {
  const saved = plannedTrials - trials;
  if (saved <= 0) return `All ${plannedTrials} trials were needed.`;
  return `Stopped early: ${trials} of ${plannedTrials} trials, ${saved} saved (${((100 * saved) / plannedTrials).toFixed(0)} %).`;
}

/** Writes a reason of a gate as a sentence without a full stop. */
export function gateReasonSentence(reason: GateReason, gate: Decided): string {
  const { baseline, candidate } = gate;
  switch (reason.kind) {
    case "same-arm":
      return `${candidate.label} and ${baseline.label} are one arm: the same agent, model, prompt and settings, so nothing can have changed`;
    case "same-arm-not-run":
      return "Both sides are one arm: the same agent, model, prompt and settings, so nothing can have changed and nothing was run";
    case "pass-rate":
      return passRateSentence(gate);
    case "cost":
      return costSentence(gate);
    case "ended-at-cap":
      return capClause({ label: reason.label, graded: reason.graded, trialCap: reason.cap }) ?? "";
    case "caps-decide":
      return "The verdict on the pass rate could be another one had the trials that failed at their caps passed: it is about the caps, too";
    case "depends-on-missing-grades":
      return "This does not hold for every possible result of the trials without a grade";
    case "fails-only-unadjusted":
      return "Either check alone would fail the gate, but not at the stated risk once corrected for two checks";
    case "inconclusive-counts-as":
      return `An inconclusive result counts as a ${reason.outcome} here (--on-inconclusive)`;
    case "detectable-drop":
      return `A drop of ${formatPoints(reason.difference, { sign: false })} would have been missed one time in five; see "bench plan" for what more trials would show`;
    default:
      return flawSentence(reason);
  }
}

/** Writes a flaw in the data of a gate as a sentence without a full stop. */
function flawSentence(flaw: GateFlaw): string {
  if (flaw.kind === "missing-grades") {
    const why = flaw.errors > 0 ? `, ${flaw.errors} of them for errors of the harness or a provider` : "";
    const { command, runId } = flaw.resume;
    return `${flaw.missing} of ${flaw.planned} trials of ${flaw.label} have no grade${why}; resume with: bench ${command} --resume ${runId}`;
  }
  if (flaw.kind === "unequal-errors")
    return `Errors hit one side more than the other (${flaw.baseline} against ${flaw.candidate}), so the graded trials are not a fair sample`;
  return `${flaw.leftOut} of ${flaw.tasks} tasks cannot be compared: one side has no grade for them, or another version of the task`;
}

const CLAIM_WORDS: Readonly<Record<GateState, string>> = { ...STATE_WORDS, "worse-within-margin": "worse by less than is accepted" };

/** Says what an interim analysis found and what the gate does next, as a clause without a full stop. */
export function roundWords(reason: RoundReason): string {
  switch (reason.kind) {
    case "flaw":
      return flawSentence(reason.flaw);
    case "too-few-tasks":
      return "too few tasks for an analysis";
    case "decided":
      return `${CLAIM_WORDS[reason.claim]}: decided${reason.costOpen ? ", but the cost is undecided" : ""}`;
    case "open":
      return "open";
    case "open-after-last-round":
      return "still open after the last round";
    case "futile":
      return `open, and more rounds are unlikely to decide it (chance ${(100 * reason.chance).toFixed(0)} %)`;
  }
}

function passRateSentence({ state, difference, baseline, candidate, margin }: Decided): string {
  if (!difference || difference.low === null || difference.high === null)
    return "Results on one task do not generalize to others, so there is no verdict";
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  const direction = Math.abs(difference.value) < 1e-9 ? "as often as" : `${size} ${difference.value > 0 ? "more" : "less"} than`;
  const seen = `${candidate.label} passes ${direction} ${baseline.label} ${formatPointsInterval(difference.low, difference.high)}`;
  const limit = formatPoints(margin, { sign: false });
  if (state === "better") return `${seen}: better`;
  if (state === "not-worse") return `${seen}: a drop of ${limit} is ruled out`;
  if (state === "worse-within-margin") return `${seen}: worse, but by less than the accepted ${limit}`;
  if (state === "worse") return `${seen}: worse`;
  return `${seen}: neither a drop nor its absence is shown, with ${limit} accepted`;
}

const COST_WORDS = {
  within: "within the limit",
  over: "over the limit",
  inconclusive: "cannot tell on which side of the limit",
  unknown: "unknown",
} as const;

function costSentence({ cost }: Decided): string {
  const limit = `${formatRatio(1 + (cost?.limit ?? 0))} is accepted`;
  if (!cost?.increase) return `The cost cannot be compared (${limit}): a cost is unknown or zero, or the prices differ`;
  const { value, low, high } = cost.increase;
  const bounds = low === null || high === null ? "" : ` [${formatRatio(1 + low)} to ${formatRatio(1 + high)}]`;
  return `Cost ${formatRatio(1 + value)}${bounds}, ${limit}: ${COST_WORDS[cost.state]}`;
}
