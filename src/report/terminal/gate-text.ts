import Table from "cli-table3";
import type { SequentialPath } from "../../analysis/gate/gate-result.ts";
import { formatPoints, formatPointsInterval } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { acceptanceSentence, OUTCOME_WORDS, otherReasons, STATE_WORDS, savedSentence } from "../gate-words.ts";
import { wrapText } from "../wrap.ts";
import type { WrittenGate } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { drawn, PLAIN_BORDERS } from "./table-style.ts";

/**
 * Writes the decision of a gate: what it accepts, its interim analyses, the reasons, and the verdict with its exit code last. Reasons and verdict take
 * one line each, because readers search for them and copy commands from them.
 */
export function gateText(gate: WrittenGate, paint: Palette): string {
  const colour = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow, invalid: paint.yellow }[gate.outcome];
  const verdict = `${OUTCOME_WORDS[gate.outcome].toUpperCase()}: ${gate.sentence} (exit code ${gate.exitCode})`;
  const reasons = otherReasons(gate);
  return [
    paint.bold(wrapText(oneLine(`Gate of ${gate.candidate.label} against ${gate.baseline.label}`))),
    paint.dim(wrapText(`${acceptanceSentence(gate)}.`)),
    "",
    ...sequentialLines(gate.sequential),
    ...reasons.map((reason) => `- ${oneLine(reason)}`),
    ...(reasons.length > 0 ? [""] : []),
    paint.bold(colour(oneLine(verdict))),
  ].join("\n");
}

function sequentialLines(path: SequentialPath | null): readonly string[] {
  if (path === null) return [];
  const head = ["Round", "Difference", "Interval", "So far"];
  const table = new Table({ head, colAligns: ["left", "right", "right", "left"], ...PLAIN_BORDERS });
  for (const { round, difference, low, high, state } of path.looks)
    table.push([`${round} of ${path.plannedRounds}`, formatPoints(difference), formatPointsInterval(low, high), STATE_WORDS[state]]);
  return [drawn(table), savedSentence(path), ""];
}
