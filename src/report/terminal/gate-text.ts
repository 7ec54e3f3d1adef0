import Table from "cli-table3";
import type { GateResult, GateState, SequentialPath } from "../../analysis/gate/gate-result.ts";
import { formatPoints, formatPointsInterval, formatRatio } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { wrapText } from "../wrap.ts";
import type { Palette } from "./palette.ts";
import { drawn, PLAIN_BORDERS } from "./table-style.ts";

const WORDS: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "PASS",
  fail: "FAIL",
  inconclusive: "CANNOT TELL",
  invalid: "INVALID",
};

/** How a state of a gate is called in words. */
export const STATE_WORDS: Readonly<Record<GateState, string>> = {
  better: "better",
  "not-worse": "not worse",
  "worse-within-margin": "worse, within what is accepted",
  worse: "worse",
  inconclusive: "cannot tell",
  identical: "the same arm",
  invalid: "no verdict",
};

/**
 * Writes the answer of a gate: what was promised, the way there, the reasons, and the verdict with its exit code last. Reasons and verdict keep
 * to one line each, for they are searched for and hold commands to copy.
 */
export function gateText(gate: GateResult, paint: Palette): string {
  const colour = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow, invalid: paint.yellow }[gate.outcome];
  const verdict = `${WORDS[gate.outcome]}: ${gateSentence(gate)} (exit code ${gate.exitCode})`;
  return [
    paint.bold(wrapText(oneLine(`Gate of ${gate.candidate.label} against ${gate.baseline.label}`))),
    paint.dim(wrapText(`${promiseOf(gate)}.`)),
    "",
    ...sequentialLines(gate.sequential),
    ...gate.reasons.map((reason) => `- ${oneLine(reason)}`),
    "",
    paint.bold(colour(oneLine(verdict))),
  ].join("\n");
}

/** The verdict of a gate in one sentence without a full stop. */
export function gateSentence({ state, outcome, candidate, baseline, margin, cost }: GateResult): string {
  const accepted = formatPoints(margin, { sign: false });
  if (state === "identical") return `${candidate.label} is the baseline itself`;
  if (state === "invalid") return "too much is missing for a verdict";
  if (outcome === "fail" && cost?.state === "over" && state !== "worse") return `${candidate.label} costs more than is accepted`;
  if (state === "worse") return `${candidate.label} is worse than ${baseline.label}`;
  if (state === "inconclusive")
    return `${candidate.label} is neither shown to be worse nor to keep within ${accepted} of ${baseline.label}`;
  const kept =
    state === "better"
      ? `${candidate.label} is better than ${baseline.label}`
      : `${candidate.label} keeps within ${accepted} of ${baseline.label}`;
  return outcome === "inconclusive" ? `${kept}, but its cost is open` : kept;
}

/** What a gate accepts, and how sure its claims are, without a full stop. */
export function promiseOf({ margin, alpha, cost, sequential }: GateResult): string {
  const drop = `A drop of up to ${formatPoints(margin, { sign: false })} is accepted`;
  const bill = cost ? `, and a cost of up to ${formatRatio(1 + cost.limit)}` : "";
  const percent = (share: number): string => `${Number((100 * share).toFixed(2))}%`;
  const level = sequential ? "intervals allow for a look after every round" : `intervals are at ${percent(1 - 2 * alpha)}`;
  return `${drop}${bill}; the risk of each wrong claim is ${percent(alpha)}, and ${level}`;
}

function sequentialLines(path: SequentialPath | null): readonly string[] {
  if (path === null) return [];
  const head = ["Round", "Difference", "Interval", "So far"];
  const table = new Table({ head, colAligns: ["left", "right", "right", "left"], ...PLAIN_BORDERS });
  for (const { round, difference, low, high, state } of path.looks)
    table.push([`${round} of ${path.plannedRounds}`, formatPoints(difference), formatPointsInterval(low, high), STATE_WORDS[state]]);
  return [drawn(table), savedLine(path), ""];
}

/** Says how many trials an early answer saved. */
export function savedLine({ plannedTrials, trials }: SequentialPath): string {
  const saved = plannedTrials - trials;
  if (saved <= 0) return `All ${plannedTrials} trials were needed.`;
  return `Stopped early: ${trials} of ${plannedTrials} trials, ${saved} saved (${((100 * saved) / plannedTrials).toFixed(0)} %).`;
}
