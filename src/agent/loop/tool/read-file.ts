import { failed, succeeded, type ToolOutcome } from "./outcome.ts";
import { linesOf, openTextFile } from "./text-file.ts";
import { defineTool } from "./tool.ts";
import { byteLength, firstBytes, grouped } from "./truncate.ts";

const MAX_READ_BYTES = 4 * 1024 * 1024;
// How much is shown of a line that does not fit in a result.
const LONG_LINE_BYTES = 4000;
const NOTICE_BYTES = 120;

/** Shows a text file in numbered lines, a page at a time; CRLF is shown as LF. */
export const readFile = defineTool({
  name: "read_file",
  tier: "read",
  description:
    "Read a text file. Lines are returned as '<number><TAB><text>'. Long files are returned in pages; the last line tells how to get the next page.",
  fields: {
    path: { type: "string", description: "Path relative to the workspace root.", required: true },
    start_line: { type: "integer", description: "First line to return, counting from 1. Default 1.", required: false, min: 1 },
    end_line: { type: "integer", description: "Last line to return, inclusive. Default: as many as fit.", required: false, min: 1 },
  },
  run: async ({ path, start_line: start = 1, end_line: end }, { sandbox, limits }) => {
    const file = await openTextFile(sandbox, path, MAX_READ_BYTES);
    if (file.kind === "failed") return file.outcome;
    const lines = linesOf(new TextDecoder().decode(file.bytes).replaceAll("\r\n", "\n"));
    if (end !== undefined && end < start) return failed("invalid_arguments", `end_line ${end} is before start_line ${start}.`);
    if (lines.length === 0 && start === 1) return succeeded("(empty file)");
    if (start > lines.length) {
      return failed("invalid_arguments", `start_line ${start} is past the end (${grouped(lines.length)} lines).`);
    }
    return showPage({ lines, bytes: file.bytes, start, end: Math.min(end ?? lines.length, lines.length) }, limits.maxResultBytes);
  },
});

type Range = { readonly lines: readonly string[]; readonly bytes: Uint8Array; readonly start: number; readonly end: number };

function showPage({ lines, bytes, start, end }: Range, maxBytes: number): ToolOutcome {
  const all = lines.slice(start - 1, end).map((line, index) => `${start + index}\t${line}`);
  if (byteLength(all.join("\n")) <= maxBytes) return succeeded(all.join("\n"));

  const shown: string[] = [];
  let room = maxBytes - NOTICE_BYTES;
  for (const line of all) {
    room -= byteLength(line) + 1;
    if (room < 0) break;
    shown.push(line);
  }
  const last = start + Math.max(shown.length, 1) - 1;
  if (shown.length === 0) shown.push(...cutLine(lines[start - 1] ?? "", start, maxBytes));
  if (last < end) shown.push(`[lines ${start}-${last} of ${lines.length}; continue with start_line=${last + 1}]`);
  return succeeded(shown.join("\n"), bytes);
}

function cutLine(line: string, number: number, maxBytes: number): string[] {
  const shown = Math.min(LONG_LINE_BYTES, Math.max(0, maxBytes - 2 * NOTICE_BYTES));
  const notice = `[line ${number} is ${grouped(byteLength(line))} bytes; showing the first ${grouped(shown)}]`;
  return [`${number}\t${firstBytes(line, shown)}`, notice];
}
