import { succeeded, type ToolOutcome } from "../outcome.ts";
import { byteLength, grouped } from "../truncate.ts";
import type { FoundLine } from "./ripgrep.ts";

/** Found lines under a heading; an empty heading is not shown. */
export type Section = { readonly heading: string; readonly lines: readonly FoundLine[] };

const MAX_LINES = 100;
const NOTICE_BYTES = 120;

/** Shows at most 100 found lines; where there are more, a notice says how many. */
export function showFoundLines(
  sections: readonly Section[],
  totals: { readonly matches: number; readonly files: number },
  maxBytes: number,
): ToolOutcome {
  const all = sections.flatMap(({ heading, lines }) => (heading === "" ? lines : [headingLine(heading), ...lines]));
  const shown: FoundLine[] = [];
  let room = maxBytes - NOTICE_BYTES;
  for (const line of all) {
    room -= byteLength(printed(line)) + 1;
    if (room < 0 || shown.length === MAX_LINES) break;
    shown.push(line);
  }
  const text = shown.map(printed).join("\n");
  const shownMatches = shown.filter(({ kind }) => kind === "match").length;
  if (shown.length === all.length && shownMatches >= totals.matches) return succeeded(text);
  const matches = `${grouped(totals.matches)} matches in ${grouped(totals.files)} ${totals.files === 1 ? "file" : "files"}`;
  const notice = `[${matches}; showing the first ${shownMatches}. Narrow the pattern or path.]`;
  return succeeded(`${text}\n${notice}`, new TextEncoder().encode(all.map(printed).join("\n")));
}

function headingLine(heading: string): FoundLine {
  return { kind: "other", text: heading };
}

function printed(line: FoundLine): string {
  switch (line.kind) {
    case "match":
      return `${line.path}:${line.line}: ${line.text}`;
    case "context":
      return `${line.path}-${line.line}- ${line.text}`;
    case "other":
      return line.text;
  }
}
