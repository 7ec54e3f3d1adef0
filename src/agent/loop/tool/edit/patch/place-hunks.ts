import type { HunkLine, PatchHunk } from "../../../../../core/patch.ts";
import { Breather } from "../../../../../core/turn.ts";
import { linesOf } from "../../text-file.ts";
import type { Replacement } from "../edit-match.ts";
import { type FoundBy, type FoundLines, LineSearch } from "./line-search.ts";

/** Where the hunks of a file belong; or the first of them, counted from 1, of which a header or the lines were not found after `afterLine`, and which text that was. */
export type PlacedHunks =
  | {
      readonly kind: "placed";
      readonly replacements: readonly Replacement[];
      /** The loosest way in which something was found. */
      readonly by: FoundBy;
    }
  | {
      readonly kind: "not-found";
      readonly hunk: number;
      readonly part: "header" | "lines";
      readonly wanted: string;
      readonly afterLine: number;
    };

type Place = { readonly start: number; readonly end: number; readonly text: string };

const LOOSENESS: readonly FoundBy[] = ["exact", "trailing-blanks", "indentation", "punctuation"];

/**
 * Finds the place of each hunk in a text with LF line ends, in the order of the file, and makes the replacements. Only lines that are removed or added are touched: kept
 * lines stay as the file has them, however they were found. A hunk that only adds belongs after its header, or without one at the end of the file.
 */
export async function placeHunks(text: string, hunks: readonly PatchHunk[]): Promise<PlacedHunks> {
  const file = new FileLines(text);
  const breather = new Breather();
  const places: Place[] = [];
  let loosest = 0;
  let from = 0;
  const note = ({ by }: FoundLines): void => {
    loosest = Math.max(loosest, LOOSENESS.indexOf(by));
  };
  for (const [index, hunk] of hunks.entries()) {
    await breather.due();
    for (const header of hunk.headers) {
      const found = file.search.find([header], from);
      if (found === null) return { kind: "not-found", hunk: index + 1, part: "header", wanted: header, afterLine: from };
      note(found);
      from = found.at + 1;
    }
    const match = locate(file, hunk, from);
    if (match === null) return { kind: "not-found", hunk: index + 1, part: "lines", wanted: oldTextOf(hunk.lines), afterLine: from };
    note(match);
    places.push(...file.replacementsAt(match.at, match.lines));
    if (!match.isAppended) from = match.at + oldLinesOf(match.lines).length;
  }
  return { kind: "placed", replacements: places.sort((a, b) => a.start - b.start), by: LOOSENESS[loosest] ?? "exact" };
}

type Match = FoundLines & { readonly lines: readonly HunkLine[]; readonly isAppended: boolean };

function locate({ search, length }: FileLines, { headers, lines, isAtEnd }: PatchHunk, from: number): Match | null {
  const wanted = oldLinesOf(lines);
  if (wanted.length === 0) {
    const isAppended = isAtEnd || headers.length === 0;
    return { at: isAppended ? length : from, by: "exact", lines, isAppended };
  }
  const found = search.find(wanted, from, isAtEnd);
  if (found !== null) return { ...found, lines, isAppended: false };
  // A last empty line often stands for the end of the last line, or separates the hunk from the next operation.
  const last = lines.at(-1);
  if (wanted.length === 1 || last?.text !== "" || last.mark === "+") return null;
  const again = search.find(wanted.slice(0, -1), from, isAtEnd);
  return again === null ? null : { ...again, lines: lines.slice(0, -1), isAppended: false };
}

function oldLinesOf(lines: readonly HunkLine[]): readonly string[] {
  return lines.filter(({ mark }) => mark !== "+").map(({ text }) => text);
}

function oldTextOf(lines: readonly HunkLine[]): string {
  return oldLinesOf(lines).join("\n");
}

class FileLines {
  readonly search: LineSearch;
  readonly #text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    const lines = linesOf(text);
    let start = 0;
    const starts = lines.map((line) => {
      const here = start;
      start += line.length + 1;
      return here;
    });
    this.#text = text;
    this.#starts = [...starts, text.length];
    this.search = new LineSearch(lines);
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  replacementsAt(first: number, lines: readonly HunkLine[]): readonly Place[] {
    const places: Place[] = [];
    let line = first;
    let run: { readonly from: number; text: string } | null = null;
    const close = (): void => {
      if (run !== null) places.push(this.#place(run.from, line, run.text));
      run = null;
    };
    for (const { mark, text } of lines) {
      if (mark === " ") close();
      else run ??= { from: line, text: "" };
      if (mark === "+" && run !== null) run.text += `${text}\n`;
      if (mark !== "+") line += 1;
      if (mark === " ") run = null;
    }
    close();
    return places;
  }

  // What is added after a last line without an end begins with that end.
  #place(from: number, to: number, text: string): Place {
    const [start = this.#text.length, end = this.#text.length] = [this.#starts[from], this.#starts[to]];
    const isUnended = start > 0 && this.#text[start - 1] !== "\n";
    return { start, end, text: isUnended && text !== "" ? `\n${text}` : text };
  }
}
