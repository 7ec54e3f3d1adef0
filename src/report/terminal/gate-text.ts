import type { SequentialPath } from "../../analysis/gate/gate-result.ts";
import { formatPoints, formatPointsInterval } from "../../core/format.ts";
import { oneLine } from "../../core/printable.ts";
import { acceptanceSentence, OUTCOME_WORDS, otherReasons, STATE_WORDS, savedSentence } from "../gate-words.ts";
import { fitText, wrapText } from "../wrap.ts";
import type { WrittenGate } from "../written-report.ts";
import type { Palette } from "./palette.ts";
import { fittedTable } from "./table/fitted-table.ts";

/**
 * Writes the decision of a gate: what it accepts, its interim analyses, the reasons, and the verdict with its exit code last. Without a terminal, reasons and
 * verdict take one line each, because readers search for them and copy commands from them.
 */
export function gateText(gate: WrittenGate, paint: Palette): string {
  const colour = { pass: paint.green, fail: paint.red, inconclusive: paint.yellow, invalid: paint.yellow }[gate.outcome];
  const verdict = `${OUTCOME_WORDS[gate.outcome].toUpperCase()}: ${gate.sentence} (exit code ${gate.exitCode})`;
  const reasons = otherReasons(gate);
  const lines = [
    paint.bold(wrapText(oneLine(`Gate of ${gate.candidate.label} against ${gate.baseline.label}`), { width: paint.width })),
    paint.dim(wrapText(`${acceptanceSentence(gate)}.`, { width: paint.width })),
    "",
    ...sequentialLines(gate.sequential, paint),
    ...reasons.map((reason) => `- ${oneLine(reason)}`),
    ...(reasons.length > 0 ? [""] : []),
    paint.bold(colour(oneLine(verdict))),
  ];
  return fitText(lines.join("\n"), paint.width);
}

function sequentialLines(path: SequentialPath | null, paint: Palette): readonly string[] {
  if (path === null) return [];
  const { looks, plannedRounds } = path;
  const table = fittedTable(
    [
      { head: "Round", kind: "word", cells: looks.map(({ round }) => `${round} of ${plannedRounds}`) },
      { head: "Difference", kind: "figure", cells: looks.map(({ difference }) => formatPoints(difference)) },
      { head: "Interval", kind: "figure", cells: looks.map(({ low, high }) => formatPointsInterval(low, high)) },
      { head: "So far", kind: "text", cells: looks.map(({ state }) => STATE_WORDS[state]) },
    ],
    paint.width,
  );
  return [table, savedSentence(path), ""];
}
