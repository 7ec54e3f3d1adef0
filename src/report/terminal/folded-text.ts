import { fitText } from "../wrap.ts";
import type { Palette } from "./palette.ts";

/** How a trial is written: for a terminal of a width, where long texts are folded unless all of them are wanted, or whole for a file or a pipe. */
export type TrialStyle = { readonly paint: Palette; readonly full: boolean };

const HEAD_LINES = 30;
const TAIL_LINES = 10;
// A fold of a few lines would hide as much as it takes.
const MAX_LINES = 45;
const MAX_LINE_CHARACTERS = 4_000;
const TAB_COLUMNS = 4;

/** Writes text of several lines with a margin before each; on a terminal it fits the width, and what is long is cut in its middle, which says how much is left out. */
export function blockLines(text: string, margin: string, style: TrialStyle): readonly string[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return foldedLines(fittedLines(lines, margin, style), margin, style);
}

/** Puts a margin before each line and, on a terminal, breaks lines that are wider; the rest of a broken line is set in further. */
export function fittedLines(lines: readonly string[], margin: string, { paint, full }: TrialStyle): readonly string[] {
  if (paint.width === null) return lines.map((line) => margin + line);
  const { width } = paint;
  // Prose goes on at the margin; a line of code or of output that is broken shows that it is.
  const indent = margin === "" ? "" : "    ";
  return lines.flatMap((line) => fitText(margin + withoutTabs(full ? line : cutLine(line)), width, indent).split("\n"));
}

/** Leaves out the middle of a long list of lines on a terminal, and says how many lines that are and how to see them. */
export function foldedLines(lines: readonly string[], margin: string, { paint, full }: TrialStyle): readonly string[] {
  if (paint.width === null || full || lines.length <= MAX_LINES) return lines;
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  const note = paint.dim(`${margin}[... ${left.toLocaleString("en")} lines left out; --full shows all]`);
  return [...lines.slice(0, HEAD_LINES), note, ...lines.slice(-TAIL_LINES)];
}

function cutLine(line: string): string {
  const left = line.length - MAX_LINE_CHARACTERS;
  return left <= 0 ? line : `${line.slice(0, MAX_LINE_CHARACTERS)} [... ${left.toLocaleString("en")} more characters; --full shows all]`;
}

// A tab is as wide as what stands before it leaves, which breaking lines could not know.
function withoutTabs(line: string): string {
  const [first = "", ...rest] = line.split("\t");
  return rest.reduce((text, part) => text + " ".repeat(TAB_COLUMNS - (text.length % TAB_COLUMNS)) + part, first);
}
