import { type DataFlaw, isFlaw } from "../analysis/data-flaw.ts";
import type { RoundReason } from "../analysis/gate/decide-round.ts";
import type { GateReason, GateResult, GateState, SequentialPath } from "../analysis/gate/gate-result.ts";
import { counted, formatPoints, formatPointsInterval, formatRatio } from "../core/format.ts";
import { capClause } from "./cap-words.ts";
import { undecidableSentence } from "./power-words.ts";
import { resumeClause } from "./unfinished-words.ts";

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

type Decided = Omit<GateResult, "reasons" | "exitCode">;

/**
 * Writes the verdict of a gate as one sentence without a full stop, in the words of the rule that is in force. What it rests on comes first, so that a reason with
 * the same words need not be repeated.
 */
export function gateSentence(gate: GateResult): string {
  const { state, outcome, decidedBy, candidate, cost, reasons } = gate;
  if (state === "identical") return `${candidate.label} is the baseline itself`;
  const [flaw] = reasons;
  if (state === "invalid")
    return `no verdict on ${candidate.label}: ${flaw && isFlaw(flaw) ? flawCause(flaw) : "too many results are missing"}`;
  if (decidedBy === "cost") return `${candidate.label} costs more than is accepted: ${costFigures(gate)}`;
  const seen = passRateSentence(gate);
  if (outcome === "pass" && decidedBy !== null) return cost === null ? seen : `${seen}; its cost is within the limit`;
  const isKept = state === "better" || state === "not-worse" || state === "worse-within-margin";
  const open = cost !== null && isKept ? `${seen}; its cost is ${cost.state === "unknown" ? "unknown" : "undecided"}` : seen;
  return decidedBy === null && (outcome === "pass" || outcome === "fail")
    ? `${open}; an inconclusive result counts as a ${outcome} here`
    : open;
}

/** The words for each outcome of a gate. */
export const OUTCOME_WORDS: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "Pass",
  fail: "Fail",
  inconclusive: "Cannot tell",
  invalid: "Invalid",
};

/** Gives the reasons of a gate that its closing sentence does not begin with. */
export function otherReasons({ sentence, reasons }: { readonly sentence: string; readonly reasons: readonly string[] }): readonly string[] {
  return reasons.filter((reason) => !sentence.startsWith(reason));
}

/** Says by which rule a gate passes and fails, and how certain its claims are; the last sentence has no full stop. */
export function acceptanceSentence({ margin, alpha, failWhen, cost, sequential }: Decided): string {
  const limit = formatPoints(margin, { sign: false });
  const rule =
    failWhen === "worse"
      ? `Fails when the candidate is shown to be worse and a drop beyond ${limit} is not excluded; passes when such a drop is excluded.`
      : `Fails only when a drop beyond ${limit} is shown; passes when such a drop is excluded.`;
  const bill = cost
    ? ` Fails, too, when a cost above ${formatRatio(1 + cost.limit)} is shown; passes only if that is excluded as well.`
    : "";
  const percent = (share: number): string => `${Number((100 * share).toFixed(2))}%`;
  const level = sequential ? "intervals allow for an analysis after every round" : `intervals are at ${percent(1 - 2 * alpha)}`;
  return `${rule}${bill} The risk of each wrong claim is ${percent(alpha)}, and ${level}`;
}

/** Says how many trials an early decision saved. */
export function savedSentence({ plannedTrials, trials }: SequentialPath): string {
  const saved = plannedTrials - trials;
  if (saved <= 0) return `All ${plannedTrials} trials were needed.`;
  return `Stopped early: ${trials} of ${plannedTrials} trials, ${saved} saved (${((100 * saved) / plannedTrials).toFixed(0)} %).`;
}

/** Writes a reason of a gate as a sentence without a full stop; a command in it has the flag that names the database. */
export function gateReasonSentence(reason: GateReason, gate: Decided, databaseFlag = ""): string {
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
    case "former-cost":
      return "The version that ran this gate made no allowance for judging the cost after every round, so a wrong claim about it is likelier than stated";
    case "uneven-costs":
      return "The difference in cost hangs on few tasks, so a wrong claim about it is likelier than stated";
    case "inconclusive-counts-as":
      return `An inconclusive result counts as a ${reason.outcome} here (--on-inconclusive)`;
    case "undecidable":
      return undecidableSentence(reason, { shown: "could have shown" });
    case "detectable-drop":
      if (reason.difference === null)
        return 'No drop would have been found four times in five; see "bench plan" for what more trials would show';
      return `A drop of ${formatPoints(reason.difference, { sign: false })} would have been missed one time in five; see "bench plan" for what more trials would show`;
    default:
      return capitalized(flawSentence(reason, databaseFlag));
  }
}

/** Writes a flaw in the data as a clause without a full stop; the command that resumes a run comes last. */
export function flawSentence(flaw: DataFlaw, databaseFlag = ""): string {
  if (flaw.kind !== "missing-grades") return flawCause(flaw);
  return `${flawCause(flaw)}; ${resumeClause(flaw.resume, databaseFlag)}`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function flawCause(flaw: DataFlaw): string {
  if (flaw.kind === "missing-grades") {
    if (flaw.unfinished.tasks > 0) {
      const beside = flaw.errors > 0 ? `, and ${counted(flaw.errors, "trial")} ended with an error of the harness or a provider` : "";
      return `${flaw.unfinished.tasks} of ${flaw.unfinished.of} tasks of ${flaw.label} not finished${beside}`;
    }
    const why = flaw.errors > 0 ? `, ${flaw.errors} of them for errors of the harness or a provider` : "";
    return `${flaw.missing} of ${flaw.planned} trials of ${flaw.label} have no grade${why}`;
  }
  if (flaw.kind === "unequal-errors")
    return `errors hit one side more than the other (${flaw.baseline} against ${flaw.candidate}), so the graded trials are not a fair sample`;
  if (flaw.tasks === 0) return "no version of a task is in both arms";
  return `${flaw.leftOut} of ${flaw.tasks} tasks cannot be compared: one side has no grade for them`;
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
    case "cost-over":
      return "the cost is over its limit: decided";
    case "open":
      return "open";
    case "open-after-last-round":
      return "still open after the last round";
    case "futile":
      return `open, and more rounds are unlikely to decide it (chance ${(100 * reason.chance).toFixed(0)} %)`;
  }
}

function passRateSentence(gate: Decided): string {
  const { difference, baseline, candidate } = gate;
  if (!difference || difference.low === null || difference.high === null)
    return "Results on one task do not generalize to others, so there is no verdict";
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  const direction = Math.abs(difference.value) < 1e-9 ? "as often as" : `${size} ${difference.value > 0 ? "more" : "less"} than`;
  return `${candidate.label} passes ${direction} ${baseline.label} ${formatPointsInterval(difference.low, difference.high)}: ${ruleWords(gate)}`;
}

// What the pass rate shows, in the words of the rule.
function ruleWords({ state, margin, failWhen, decidedBy }: Decided): string {
  const limit = formatPoints(margin, { sign: false });
  switch (state) {
    case "better":
      return "better";
    case "not-worse":
      return `a drop of ${limit} or more is excluded`;
    case "worse-within-margin":
      return `shown to be worse, but by less than the ${limit} that are accepted`;
    case "worse":
      if (failWhen === "worse")
        return decidedBy === "pass-rate"
          ? `shown to be worse, and a drop beyond ${limit} is not excluded`
          : "worse, though not at the risk that two checks leave for each";
      return decidedBy === "pass-rate" ? `a drop beyond ${limit} is shown` : `shown to be worse, but not whether by more than ${limit}`;
    default:
      return failWhen === "worse"
        ? `neither shown to be worse, nor is a drop of ${limit} excluded`
        : `a drop beyond ${limit} is neither shown nor excluded`;
  }
}

const COST_WORDS = {
  within: "within the limit",
  over: "over the limit",
  inconclusive: "cannot tell on which side of the limit",
  unknown: "unknown",
} as const;

function costSentence(gate: Decided): string {
  const { cost } = gate;
  if (!cost?.increase)
    return `The cost cannot be compared (${formatRatio(1 + (cost?.limit ?? 0))} is accepted): a cost is unknown or zero, or the prices differ`;
  return `Cost ${costFigures(gate)}: ${COST_WORDS[cost.state]}`;
}

function costFigures({ cost }: Decided): string {
  const { value, low, high } = cost?.increase ?? { value: 0, low: null, high: null };
  const bounds = low === null || high === null ? "" : ` [${formatRatio(1 + low)} to ${formatRatio(1 + high)}]`;
  return `${formatRatio(1 + value)}${bounds}, ${formatRatio(1 + (cost?.limit ?? 0))} is accepted`;
}
