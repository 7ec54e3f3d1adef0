import type { ArmSummary } from "../analysis/summary.ts";
import type { CapStop, TrialCap } from "../core/cap.ts";
import { counted, formatPlanUsd, formatTokens, formatUsdAsTyped } from "../core/format.ts";

/** The figures of an arm that the sentences about its cap are made from. */
export type CappedFigures = Pick<ArmSummary, "label" | "graded" | "trialCap">;

type Ended = { readonly label: string; readonly of: string; readonly cap: Omit<TrialCap, "failed" | "errors"> };

/** Writes what the caps did to a run: the caps of the run and its models that stopped it, then those of trials; empty where none was reached. */
export function capSentences({
  arms,
  capStops,
}: {
  readonly arms: readonly CappedFigures[];
  readonly capStops: readonly CapStop[];
}): readonly string[] {
  return [...capStops.map(capStopSentence), ...arms.flatMap(trialCapSentences)];
}

function trialCapSentences({ label, graded, trialCap }: CappedFigures): readonly string[] {
  if (trialCap === null) return [];
  const { ended, errors } = trialCap;
  return [
    ...(ended > 0 ? [`${endedClause({ label, of: counted(graded, "trial"), cap: trialCap })}; ${adviceFor(trialCap)}.`] : []),
    ...(errors > 0 ? [errorSentence(label, trialCap)] : []),
  ];
}

/** Says how many trials of an arm ended at their cap and how much of it they used, as a clause without a full stop; null where none did. */
export function capClause({ label, graded, trialCap }: CappedFigures): string | null {
  return trialCap === null || trialCap.ended === 0 ? null : endedClause({ label, of: counted(graded, "trial"), cap: trialCap });
}

/** Says as a sentence, while the run goes on, that the last trials of an arm ended at their cap. */
export function earlyCapNotice(label: string, finished: number, cap: Omit<TrialCap, "failed" | "errors">): string {
  return `${endedClause({ label, of: `the last ${counted(finished, "trial")}`, cap })}; to let the others go on, stop this run and start another with a higher ${cap.setBy}.`;
}

function endedClause({ label, of, cap }: Ended): string {
  const { ended, maxUsd } = cap;
  return `${ended} of ${of} of ${label} ended at ${theirCap(ended, maxUsd)}${usedWords(cap)}`;
}

function theirCap(trials: number, maxUsd: number): string {
  return trials === 1 ? `its cap of ${formatUsdAsTyped(maxUsd)}` : `their cap of ${formatUsdAsTyped(maxUsd)} each`;
}

function usedWords({ ended, maxUsd, spentUsd, assumedUsd }: Ended["cap"]): string {
  if (spentUsd === null) return "";
  const used = `, with ${shareText(spentUsd / (ended * maxUsd))} of it used`;
  return assumedUsd < MIN_USD
    ? used
    : `${used} and ${shareText(assumedUsd / (ended * maxUsd))} assumed for requests that may have been billed`;
}

const MIN_USD = 1e-9;

function shareText(share: number): string {
  const percent = 100 * share;
  if (percent > 0 && percent < 1) return "less than 1 %";
  return `${Math.round(percent)} %`;
}

function adviceFor({ ended, setBy }: TrialCap): string {
  const [next, them] = ended === 1 ? ["its next request", "it"] : ["their next requests", "them"];
  return `${next} could have cost more than was left; raise ${setBy} to let ${them} go on`;
}

function errorSentence(label: string, { errors, maxUsd, setBy }: TrialCap): string {
  const [are, them] = errors === 1 ? ["is an error, not a result", "it"] : ["are errors, not results", "them"];
  return `${counted(errors, "trial")} of ${label} ${are}: requests that broke off may have used up ${theirCap(errors, maxUsd)}; --resume tries ${them} again, and a new run with a higher ${setBy} gives ${them} more room.`;
}

/** Says which cap stopped a run or an arm, with what is known to be spent apart from what is only assumed. */
function capStopSentence({ owner, cap, spent, assumed, brokenOff, left, of }: CapStop): string {
  const amount = cap.kind === "usd" ? formatUsdAsTyped(cap.most) : `${cap.most.toLocaleString("en")} tokens`;
  const show = (value: number): string => (cap.kind === "usd" ? formatPlanUsd(value) : formatTokens(value));
  const known = cap.kind === "usd" ? `${show(spent)} is spent` : `${show(spent)} are used`;
  const requests = `${counted(brokenOff, "request")} that broke off`;
  const more =
    cap.kind === "usd" ? `${show(assumed)} more may have been billed for ${requests}` : `${requests} may have used ${show(assumed)} more`;
  const rest = left === 0 ? "" : `; ${left} of ${counted(of, "trial")} ${left === 1 ? "is" : "are"} left`;
  const stopped = owner === null ? `The run's cap of ${amount} stopped it` : `The max_cost of ${amount} stopped ${owner}`;
  const remedy =
    owner === null ? `resume with a higher ${cap.kind === "usd" ? "--max-cost" : "--max-tokens"}` : "raise it in models.yaml and resume";
  return `${stopped}: ${known}${brokenOff === 0 ? "" : `, and ${more}`}${rest}; ${remedy}.`;
}

/** Says which sides of a comparison were ended by their caps, beside its verdict; null where none was. */
export function comparisonCapNote(baseline: CappedFigures | undefined, candidate: CappedFigures | undefined): string | null {
  const [before, after] = [baseline && capClause(baseline), candidate && capClause(candidate)];
  if (before && after) return `${after}; ${before}; the figures hold within these caps only.`;
  const [clause, capped, other] = after ? [after, candidate, baseline] : [before, baseline, candidate];
  if (!clause || !capped) return null;
  return `${clause}; ${other && other.graded > 0 ? `no trial of ${other.label} did, and ` : ""}the figures hold for ${capped.label} within its cap only.`;
}
