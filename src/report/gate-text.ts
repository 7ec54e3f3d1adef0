import Table from "cli-table3";
import { formatPoints, formatPointsInterval, plainText } from "./format.ts";
import type { GateResult, SequentialPath } from "./gate-result.ts";
import type { Palette } from "./palette.ts";
import { drawn, plainBorders } from "./table-style.ts";

const WORDS: Readonly<Record<GateResult["outcome"], string>> = {
  pass: "PASS",
  fail: "FAIL",
  inconclusive: "CANNOT TELL",
  invalid: "INVALID",
};

/** Writes the answer of a gate: the way there, the reasons, and the verdict with its exit code as the last line. */
export function gateText(gate: GateResult, paint: Palette): string {
  const colour = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow, invalid: paint.yellow }[gate.outcome];
  const verdict = `${WORDS[gate.outcome]}: ${gateSentence(gate)} (exit code ${gate.exitCode})`;
  return [
    ...sequentialLines(gate.sequential),
    ...gate.reasons.map((reason) => `${plainText(reason)}.`),
    paint.bold(colour(plainText(verdict))),
  ].join("\n");
}

/** The verdict of a gate in one sentence without a full stop. */
export function gateSentence({ state, outcome, candidate, baseline, margin, cost }: GateResult): string {
  const accepted = formatPoints(margin, { sign: false });
  if (state === "identical") return `${candidate.label} is the baseline itself`;
  if (state === "invalid") return "too much is missing for a verdict";
  if (outcome === "fail" && cost?.state === "over" && state !== "worse") return `${candidate.label} costs more than is accepted`;
  if (state === "worse") return `${candidate.label} is worse than ${baseline.label}`;
  if (state === "better") return `${candidate.label} is better than ${baseline.label}`;
  if (state === "inconclusive")
    return `${candidate.label} is neither shown to be worse nor to keep within ${accepted} of ${baseline.label}`;
  if (outcome === "inconclusive") return "the pass rate keeps within its margin, the cost is open";
  return `${candidate.label} keeps within ${accepted} of ${baseline.label}`;
}

function sequentialLines(path: SequentialPath | null): readonly string[] {
  if (path === null) return [];
  const head = ["Round", "Difference", "Interval", "State"];
  const table = new Table({ head, ...plainBorders });
  for (const { round, difference, low, high, state } of path.looks)
    table.push([`${round} of ${path.plannedRounds}`, formatPoints(difference), formatPointsInterval(low, high), state]);
  return [drawn(table), savedLine(path), ""];
}

/** Says how many trials an early answer saved. */
export function savedLine({ plannedTrials, trials }: SequentialPath): string {
  const saved = plannedTrials - trials;
  if (saved <= 0) return `All ${plannedTrials} trials were needed.`;
  return `Stopped early: ${trials} of ${plannedTrials} trials, ${saved} saved (${((100 * saved) / plannedTrials).toFixed(0)} %).`;
}
