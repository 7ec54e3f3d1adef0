import { Breather } from "../../core/turn.ts";
import { isRecord } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { checkBound, MAX_ANSWER_BYTES, MAX_EVENT_LINES, MAX_STREAM_EVENTS } from "./bounds.ts";
import { embeddedError } from "./embedded-error.ts";
import { parseBounded } from "./json-scan.ts";
import { TextGatherer } from "./text.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** An event as far as it has come; `length` counts all of its lines, also those that are not used. */
type Open = { name: string; data: string[]; length: number; lines: number };

/** What a reader of events is told and tells: how long a line may take, and that the end mark of the answer came. */
export type EventReading = { readonly lineTimeoutMs: number; readonly onDone?: () => void };

/**
 * Reads server-sent events and gives the JSON of each, as the wire protocols use them: `[DONE]` ends the answer, an event named `error` or with an error in
 * it is thrown as BadAnswer, pings and comments are left out. Events that only a line end separates are told apart where each line is JSON by itself. Lines are gathered in
 * linear time however small the pieces are. Throws OverBound for too many or too large events, BadAnswer when no line ends within the timeout, and SyntaxError for data that
 * is not JSON. After each few milliseconds of work it lets others work.
 */
export async function* eventsOf(pieces: AsyncIterable<string>, { lineTimeoutMs, onDone }: EventReading): AsyncGenerator<unknown> {
  const breather = new Breather();
  let open: Open = { name: "", data: [], length: 0, lines: 0 };
  const seen = { count: 0, isDone: false };
  for await (const line of linesOf(pieces, lineTimeoutMs, breather)) {
    await breather.due();
    if (line !== "") {
      addLine(open, line);
      continue;
    }
    const { name, data } = open;
    open = { name: "", data: [], length: 0, lines: 0 };
    for (const text of textsOf(data)) if (counts(text, seen) && name !== "ping") yield checked(name, text);
  }
  // The last event lacks its empty line: an end mark counts all the same, and so do events that never had any.
  const left = textsOf(open.data);
  const hasNoEmptyLines = seen.count === 0 && left.length > 1;
  for (const text of left) if (counts(text, seen) && hasNoEmptyLines) yield checked(open.name, text);
  if (seen.isDone) onDone?.();
}

/** Counts an event and tells whether it is one of the answer: it has data, and comes before the end mark. */
function counts(text: string, seen: { count: number; isDone: boolean }): boolean {
  if (seen.isDone) return false;
  seen.count += 1;
  checkBound(seen.count, MAX_STREAM_EVENTS, "the stream has too many events");
  seen.isDone = text.startsWith(DONE);
  return !seen.isDone && text !== "";
}

const DONE = "[DONE]";

/** The events that lines of data make up: one, unless each line is a JSON object or the end mark by itself. */
function textsOf(data: readonly string[]): readonly string[] {
  const isByLine = data.length > 1 && data.every((line) => line.startsWith(DONE) || (line.startsWith("{") && line.trimEnd().endsWith("}")));
  return isByLine ? data : data.length === 0 ? [] : [data.join("\n")];
}

/** The events of a text that has one JSON object on each line; null for any other text. */
export function jsonLines(text: string): AsyncIterable<unknown> | null {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length < 2 || lines.length > MAX_STREAM_EVENTS || !lines.every((line) => line.trimStart().startsWith("{"))) return null;
  return (async function* () {
    for (const line of lines) yield checked("", line);
  })();
}

function checked(name: string, text: string): unknown {
  const event = parseBounded(text);
  const error = isRecord(event) ? embeddedError(event) : null;
  if (name === "error" || error !== null) throw new BadAnswer("error-event", "an error in the stream", error ?? event);
  return event;
}

function addLine(open: Open, line: string): void {
  open.length += line.length;
  open.lines += 1;
  checkBound(open.lines, MAX_EVENT_LINES, "an event of the stream has too many lines");
  checkBound(open.length, MAX_ANSWER_BYTES, "an event of the stream is too long");
  if (line.startsWith("data:")) open.data.push(line.slice(line[5] === " " ? 6 : 5));
  else open.name = line.slice(6).trim();
}

/** Gives the lines that make up events: data, names, and one empty line at the end of each event; comments and other fields are left out. */
async function* linesOf(pieces: AsyncIterable<string>, timeoutMs: number, breather: Breather): AsyncGenerator<string> {
  const gathered = new TextGatherer();
  let isAfterReturn = false;
  let isOpen = false;
  let lastMs = performance.now();
  for await (const piece of pieces) {
    let start = 0;
    for (let end = endOfLine(piece, 0); end < piece.length; end = endOfLine(piece, start)) {
      const isSecondHalf = end === start && isAfterReturn && piece[end] === "\n" && gathered.length === 0;
      gathered.add(piece.slice(start, end));
      const line = gathered.take();
      isAfterReturn = piece[end] === "\r";
      start = end + 1;
      const isField = line.startsWith("data:") || line.startsWith("event:");
      if (isSecondHalf || (!isField && (line !== "" || !isOpen))) continue;
      isOpen = isField;
      yield line;
    }
    if (start > 0) lastMs = performance.now();
    if (start < piece.length) isAfterReturn = false;
    gathered.add(piece.slice(start));
    checkBound(gathered.length, MAX_ANSWER_BYTES, "a line of the stream is too long");
    if (performance.now() - lastMs > timeoutMs) throw new BadAnswer("stalled-stream", "the stream went on for too long without a line");
    await breather.due();
  }
}

/** The place of the next line feed or carriage return, or the end of the text. */
function endOfLine(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at;
  }
  return text.length;
}
