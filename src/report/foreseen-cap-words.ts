import type { CapBasis, ForeseenCap } from "../analysis/plan/plan-result.ts";
import { counted, formatPlanUsd, formatTokens, formatUsdAsTyped } from "../core/format.ts";

type TrialCap = Extract<ForeseenCap, { readonly kind: "trial" }>;
type Stopping = Exclude<ForeseenCap, { readonly kind: "trial" | "lower-cap" }>;

/** Says in one sentence what a cap is expected to do to a run before it starts. */
export function foreseenCapSentence(cap: ForeseenCap): string {
  switch (cap.kind) {
    case "trial":
      return trialCapSentence(cap);
    case "lower-cap":
      return lowerCapSentence(cap);
    default:
      return stoppingSentence(cap);
  }
}

function trialCapSentence(cap: TrialCap): string {
  const { arm, capUsd, trials, of, basis } = cap;
  const all = of === 1 ? `the trial of ${arm}` : `all ${of} trials of ${arm}`;
  const end = `end at ${of === 1 ? "its" : "their"} cap of ${formatUsdAsTyped(capUsd)}${of === 1 ? "" : " each"}`;
  if ("usdPerTrial" in basis) {
    const usd = formatPlanUsd(basis.usdPerTrial);
    if (basis.kind === "flag") return `At ${usd} a trial (--assume-cost), ${all} would ${end}.`;
    const when = basis.responses === 0 ? "before the first" : `after about ${basis.responses}`;
    return `At the assumed ${usd} a trial, ${all} would ${end}, ${when} of ${basis.of} responses.`;
  }
  const some = trials === of ? capitalized(all) : `About ${trials} of ${counted(of, "trial")} of ${arm}`;
  const [verb, whose] = trials === 1 ? ["is", "its cap"] : ["are", "their cap"];
  return `${some} ${verb} likely to end at ${whose} of ${formatUsdAsTyped(capUsd)}${trials === 1 ? "" : " each"} (${earlierWords(basis)}).`;
}

type EarlierTrials = Exclude<CapBasis, { readonly usdPerTrial: number }>;

function earlierWords(basis: EarlierTrials): string {
  if (basis.kind === "ended") {
    const { ended, trials } = basis;
    if (trials === 1) return "the earlier trial did";
    return ended === trials ? `all ${trials} earlier trials did` : `${ended} of ${trials} earlier trials did`;
  }
  const { trials, medianUsd, mostUsd, isAtLeast } = basis;
  if (trials === 1) return `the earlier trial cost ${formatPlanUsd(mostUsd)}${isAtLeast ? " and ended at its own cap" : ""}`;
  const own = isAtLeast ? ", some up to caps of their own" : "";
  return `earlier trials cost ${formatPlanUsd(medianUsd)} in the middle, ${formatPlanUsd(mostUsd)} at most${own}`;
}

function lowerCapSentence({
  arm,
  capUsd,
  earlierCapUsd,
  ended,
  earlier,
  of,
}: Extract<ForeseenCap, { readonly kind: "lower-cap" }>): string {
  const lower = `a lower cap (${formatUsdAsTyped(earlierCapUsd)})`;
  const past =
    earlier === 1 ? `The earlier trial of ${arm} ended at ${lower}` : `${ended} of ${earlier} earlier trials of ${arm} ended at ${lower}`;
  return of === 1
    ? `${past}, so it is unknown whether this one ends at ${formatUsdAsTyped(capUsd)}.`
    : `${past}, so it is unknown how many of the ${of} end at ${formatUsdAsTyped(capUsd)} each.`;
}

function stoppingSentence(cap: Stopping): string {
  const { trials, of } = cap;
  const subject = cap.kind === "model" ? cap.arm : "The run";
  const name = { model: "its max_cost of", run: "--max-cost of", tokens: "--max-tokens of" }[cap.kind];
  const amount = cap.kind === "tokens" ? cap.capTokens.toLocaleString("en") : formatUsdAsTyped(cap.capUsd);
  const all = of === 1 ? "its one trial" : cap.kind === "model" ? `its ${of} trials` : `all ${of} trials`;
  const is = of === 1 ? "is" : "are";
  const expected = cap.kind === "tokens" ? `use ${formatTokens(cap.expectedTokens)} tokens` : `cost ${formatPlanUsd(cap.expectedUsd)}`;
  if (cap.kind !== "tokens" && !cap.isLikely)
    return `${subject} may stop at ${name} ${amount}: ${all} ${is} expected to ${expected}, but may cost ${formatPlanUsd(cap.highUsd)}.`;
  const when =
    trials === 0 ? (of === 1 ? "before it is done" : "before a trial is done") : `after about ${trials} of ${counted(of, "trial")}`;
  return `${subject} is likely to stop at ${name} ${amount} ${when}: ${all} ${is} expected to ${expected}.`;
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
