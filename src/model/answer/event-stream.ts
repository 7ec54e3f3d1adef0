import { Breather } from "../../core/turn.ts";
import { isRecord } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { checkBound, MAX_ANSWER_BYTES, MAX_EVENT_LINES, MAX_STREAM_EVENTS } from "./bounds.ts";
import { parseBounded } from "./json-scan.ts";
import { TextGatherer } from "./text.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** An event as far as it has come; `length` counts all of its lines, also those that are not used. */
type Open = { name: string; data: string[]; length: number; lines: number };

/**
 * Reads server-sent events and gives the JSON of each, as the three wire protocols use them: `[DONE]` ends the answer, an event named `error` or with an `error` in
 * it is thrown as BadAnswer, pings and comments are left out. Lines are gathered in linear time however small the pieces are. Throws OverBound for too many or too
 * large events, BadAnswer when no line ends within `lineTimeoutMs`, and SyntaxError for data that is not JSON. After each few milliseconds of work it lets others work.
 */
export async function* eventsOf(pieces: AsyncIterable<string>, lineTimeoutMs: number): AsyncGenerator<unknown> {
  const breather = new Breather();
  let open: Open = { name: "", data: [], length: 0, lines: 0 };
  let count = 0;
  let isDone = false;
  for await (const line of linesOf(pieces, lineTimeoutMs, breather)) {
    await breather.due();
    if (line !== "") {
      addLine(open, line);
      continue;
    }
    const { name, data } = open;
    open = { name: "", data: [], length: 0, lines: 0 };
    if (data.length === 0 || isDone) continue;
    count += 1;
    checkBound(count, MAX_STREAM_EVENTS, "the stream has too many events");
    const text = data.join("\n");
    if (text.startsWith("[DONE]")) isDone = true;
    else if (name !== "ping" && text !== "") yield checked(name, text);
  }
}

function checked(name: string, text: string): unknown {
  const event = parseBounded(text);
  const error = isRecord(event) ? event["error"] : null;
  if (name === "error" || (error !== undefined && error !== null && error !== false && error !== "" && error !== 0))
    throw new BadAnswer("error-event", "an error in the stream", error ?? event);
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
