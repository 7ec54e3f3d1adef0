import type { Web, WebRead } from "../../../core/web.ts";
import { failed, succeeded, type ToolOutcome } from "./outcome.ts";
import { linesOf } from "./text-file.ts";
import { defineTool, type Tool } from "./tool.ts";
import { byteLength, firstBytes, grouped } from "./truncate.ts";

const NOTICE_BYTES = 200;
const MAX_LISTED = 50;

/** Makes the tool that reads pages of the web, as far as the task allows it. */
export function webFetchTool(web: Web): Tool {
  const listed = web.allow.slice(0, MAX_LISTED).join(", ") + (web.allow.length > MAX_LISTED ? ", …" : "");
  return defineTool({
    name: "web_fetch",
    tier: "read",
    description: `Fetch a page of the web and return its text. Only these addresses can be fetched: ${listed}. Long pages are returned in parts; the last line tells how to get the next part.`,
    fields: {
      url: { type: "string", description: "The whole address, beginning with https:// or http://.", required: true },
      start_line: { type: "integer", description: "First line to return, counting from 1. Default 1.", required: false, min: 1 },
    },
    run: async ({ url, start_line: start = 1 }, { limits, signal, remainingMs }) => {
      const deadline = AbortSignal.timeout(Math.max(1, Math.ceil(remainingMs())));
      const read = await web.read(url.trim(), AbortSignal.any([signal, deadline])).catch((error: unknown) => {
        signal.throwIfAborted();
        if (deadline.aborted) return null;
        throw error;
      });
      if (read === null) return failed("timeout", "the time limit of the trial was reached before the page was there.");
      return outcomeOf(read, start, limits.maxResultBytes);
    },
  });
}

function outcomeOf(read: WebRead, start: number, maxBytes: number): ToolOutcome {
  if (read.kind === "refused") return failed("policy_denied", `${read.reason}.`, "Nothing was fetched.");
  if (read.kind === "failed") return failed("environment", `${read.reason}.`);
  const lines = linesOf(read.text);
  if (start > Math.max(1, lines.length)) {
    return failed("invalid_arguments", `start_line ${start} is past the end (${grouped(lines.length)} lines).`);
  }
  const head = `status ${read.status}: ${firstBytes(read.url, 500)}`;
  const shown = [head, ""];
  let room = maxBytes - byteLength(head) - NOTICE_BYTES;
  let next = start;
  for (const line of lines.slice(start - 1)) {
    const size = byteLength(line) + 1;
    // A line that fits into no part is cut, so that every part goes on.
    if (size > room && next > start) break;
    shown.push(size > room ? `${firstBytes(line, Math.max(0, room - 20))} [line cut]` : line);
    room -= size;
    next += 1;
  }
  if (lines.length === 0) shown.push("(empty page)");
  if (next <= lines.length) shown.push(`[lines ${start}-${next - 1} of ${grouped(lines.length)}; continue with start_line=${next}]`);
  else if (read.isCut) shown.push("[the page is longer; the rest was not read]");
  const isAll = start === 1 && next > lines.length;
  return succeeded(shown.join("\n"), isAll ? null : new TextEncoder().encode(read.text));
}
