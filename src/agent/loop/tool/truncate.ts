/** Output in two pieces, with something left out between them; `tail` is empty when nothing was left out. */
export type CapturedOutput = {
  readonly head: string;
  readonly tail: string;
  readonly omittedBytes: number;
  readonly omittedLines: number;
};

// Room for the notice, whatever its numbers.
const NOTICE_BYTES = 140;
const HEAD_SHARE = 2 / 5;

// Colours and cursor moves, window titles, device strings, and the short escapes; an unfinished one ends with its line.
const TERMINAL_ESCAPE =
  /(?:\x1b\[|\u009b)[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?|\x1b[ -/]*[0-~]/g;

/** Formats a count with its digits in groups of three: `18 204`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** Counts the bytes of a text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text);
}

/** Cuts a text to at most `maxBytes` bytes of UTF-8 without splitting a character. */
export function firstBytes(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  return bytes.toString("utf8", 0, characterStart(bytes, maxBytes));
}

/**
 * Drops the characters of `dropped` from the end of a text.
 *
 * A regular expression such as `/[ \t]+$/` takes quadratic time on a long run of blanks inside a line, and models write the input.
 */
export function trimEndOf(text: string, dropped: string): string {
  let end = text.length;
  while (end > 0 && dropped.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Makes command output readable: invalid UTF-8 replaced, terminal escapes and control characters dropped, `\r` progress lines collapsed. */
export function cleanOutput(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(bytes)
    .replace(TERMINAL_ESCAPE, "")
    .split("\n")
    .map(lastVersionOf)
    .join("\n")
    .replace(/[^\n]\x08/g, "")
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "");
}

// A line rewritten with carriage returns shows what was written last.
function lastVersionOf(line: string): string {
  const written = trimEndOf(line, "\r");
  return written.slice(written.lastIndexOf("\r") + 1);
}

/**
 * Fits output into `maxBytes`, notice included: all of it, or its first two fifths and last three fifths on line boundaries around
 * `[… 18 204 bytes omitted (412 lines); …]`. Where a line is too long for that, it is cut between characters.
 */
export function fitOutput(output: CapturedOutput, maxBytes: number): string {
  const whole = Buffer.from(output.head);
  if (output.omittedBytes === 0 && whole.length <= maxBytes) return output.head;
  const hasGap = output.omittedBytes > 0;
  const tail = hasGap ? Buffer.from(output.tail) : whole;
  const room = Math.max(0, maxBytes - NOTICE_BYTES);
  const headEnd = lineEndBefore(whole, Math.floor(room * HEAD_SHARE));
  const tailStart = lineStartAfter(tail, tail.length - (room - Math.floor(room * HEAD_SHARE)));

  const dropped = hasGap ? [whole.subarray(headEnd), tail.subarray(0, tailStart)] : [whole.subarray(headEnd, tailStart)];
  const omittedBytes = dropped.reduce((sum, part) => sum + part.length, output.omittedBytes);
  const omittedLines = dropped.reduce((sum, part) => sum + newlines(part), output.omittedLines);
  const first = whole.toString("utf8", 0, headEnd);
  const separator = first === "" || first.endsWith("\n") ? "" : "\n";
  return `${first}${separator}${notice(omittedBytes, omittedLines)}\n${tail.toString("utf8", tailStart)}`;
}

function notice(bytes: number, lines: number): string {
  const inLines = lines === 1 ? "1 line" : `${grouped(lines)} lines`;
  return `[… ${grouped(bytes)} bytes omitted (${inLines}); rerun with a filter, e.g. | head or | tail …]`;
}

// Moves back to the end of a line, unless that would drop more than half.
function lineEndBefore(bytes: Buffer, limit: number): number {
  if (limit >= bytes.length) return bytes.length;
  const newline = limit === 0 ? -1 : bytes.lastIndexOf(0x0a, limit - 1);
  return newline >= limit / 2 ? newline + 1 : characterStart(bytes, limit);
}

// Moves on to the start of a line, unless that would drop more than half.
function lineStartAfter(bytes: Buffer, limit: number): number {
  if (limit <= 0) return 0;
  const newline = bytes.indexOf(0x0a, limit - 1);
  if (newline !== -1 && newline + 1 - limit < (bytes.length - limit) / 2) return newline + 1;
  return characterEnd(bytes, limit);
}

function characterStart(bytes: Buffer, limit: number): number {
  let index = limit;
  while (index > 0 && isContinuation(bytes[index])) index -= 1;
  return index;
}

function characterEnd(bytes: Buffer, limit: number): number {
  let index = limit;
  while (index < bytes.length && isContinuation(bytes[index])) index += 1;
  return index;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let index = bytes.indexOf(0x0a); index !== -1; index = bytes.indexOf(0x0a, index + 1)) count += 1;
  return count;
}
