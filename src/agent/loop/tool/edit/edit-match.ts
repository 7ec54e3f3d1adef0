import { linesOf } from "../text-file.ts";
import { trimEndOf } from "../truncate.ts";
import { findReindent, indentOf, indentUnit } from "./indentation.ts";

/** What the model asked to replace; all texts have LF line ends. */
export type EditRequest = { readonly text: string; readonly oldText: string; readonly newText: string; readonly replaceAll: boolean };

/** A part of the text, by offsets, and the text that replaces it. */
export type Replacement = { readonly start: number; readonly end: number; readonly text: string };

/** How the old text was found: as it is, or ignoring blanks. */
export type MatchedBy = "exact" | "trailing-blanks" | "indentation";

/** Where the old text was found; `many` lists the offset of every place where only one is allowed. */
export type EditMatch =
  | { readonly kind: "found"; readonly by: MatchedBy; readonly replacements: readonly Replacement[] }
  | { readonly kind: "many"; readonly starts: readonly number[] }
  | { readonly kind: "none" };

type Line = { readonly text: string; readonly start: number; readonly end: number };

/**
 * Finds the text to replace in three passes, none of which guesses: exactly; as whole lines ignoring blanks at their ends; as
 * whole lines that all differ by the same indentation, which is then applied to the new text.
 */
export function matchEdit(request: EditRequest): EditMatch {
  const exact = exactMatches(request);
  if (exact.length > 0) return settle(request, "exact", exact);
  const oldLines = linesOf(request.oldText).map(withoutTrailingBlanks);
  if (oldLines.every((line) => line === "")) return { kind: "none" };
  const lines = linesWithOffsets(request.text);
  const trailing = lineMatches(request, lines, oldLines, sameButTrailingBlanks);
  if (trailing.length > 0) return settle(request, "trailing-blanks", trailing);
  const indented = lineMatches(request, lines, oldLines, sameButIndentation);
  return indented.length === 0 ? { kind: "none" } : settle(request, "indentation", indented);
}

/** Returns the line numbers, from 1, of ascending offsets. */
export function linesAt(text: string, offsets: readonly number[]): number[] {
  let line = 1;
  let newline = text.indexOf("\n");
  return offsets.map((offset) => {
    for (; newline !== -1 && newline < offset; newline = text.indexOf("\n", newline + 1)) line += 1;
    return line;
  });
}

// Overlapping places count for "exactly once" too, but only places that do not overlap can be replaced.
function settle({ replaceAll }: EditRequest, by: MatchedBy, matches: readonly Replacement[]): EditMatch {
  if (matches.length > 1 && !replaceAll) return { kind: "many", starts: matches.map(({ start }) => start) };
  const replacements: Replacement[] = [];
  for (const match of matches) if (match.start >= (replacements.at(-1)?.end ?? 0)) replacements.push(match);
  return { kind: "found", by, replacements };
}

function exactMatches({ text, oldText, newText }: EditRequest): Replacement[] {
  const matches: Replacement[] = [];
  for (let start = text.indexOf(oldText); start !== -1; start = text.indexOf(oldText, start + 1)) {
    matches.push({ start, end: start + oldText.length, text: newText });
  }
  return matches;
}

// Returns the new text for a window of lines that matches the old lines; null when it does not match.
type CompareLines = (window: readonly string[], oldLines: readonly string[], context: LineContext) => string | null;
type LineContext = { readonly request: EditRequest; readonly fileUnit: number };

function lineMatches(request: EditRequest, lines: readonly Line[], oldLines: readonly string[], compare: CompareLines): Replacement[] {
  const context = { request, fileUnit: indentUnit(lines.map(({ text }) => text)) };
  const trimmed = lines.map(({ text }) => withoutBlanks(text));
  const wanted = oldLines.map(withoutBlanks);
  const matches: Replacement[] = [];
  for (let first = 0; first + wanted.length <= lines.length; first += 1) {
    if (!wanted.every((line, index) => trimmed[first + index] === line)) continue;
    const window = lines.slice(first, first + wanted.length);
    const text = compare(
      window.map((line) => withoutTrailingBlanks(line.text)),
      oldLines,
      context,
    );
    const [from, to] = [window[0], window.at(-1)];
    if (text === null || from === undefined || to === undefined) continue;
    const end = request.oldText.endsWith("\n") ? Math.min(to.end + 1, request.text.length) : to.end;
    matches.push({ start: from.start, end, text });
  }
  return matches;
}

function sameButTrailingBlanks(window: readonly string[], oldLines: readonly string[], { request }: LineContext): string | null {
  return oldLines.every((line, index) => window[index] === line) ? request.newText : null;
}

function sameButIndentation(window: readonly string[], oldLines: readonly string[], { request, fileUnit }: LineContext): string | null {
  const newLines = request.newText.split("\n");
  const reindent = findReindent({ fileLines: window, oldLines, newLines, fileUnit });
  if (reindent === null) return null;
  const lines = newLines.map(reindent);
  return lines.includes(null) ? null : lines.join("\n");
}

function linesWithOffsets(text: string): Line[] {
  let start = 0;
  return linesOf(text).map((line) => {
    const placed = { text: line, start, end: start + line.length };
    start = placed.end + 1;
    return placed;
  });
}

function withoutBlanks(line: string): string {
  return withoutTrailingBlanks(line.slice(indentOf(line).length));
}

function withoutTrailingBlanks(line: string): string {
  return trimEndOf(line, " \t");
}
