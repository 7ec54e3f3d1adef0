import type { Replacement } from "./edit-match.ts";

/** A text with LF line ends, with the places where the file has CRLF and its byte order mark. */
export type EditableText = {
  readonly text: string;
  readonly hasByteOrderMark: boolean;
  /** Offsets in `text` of the line ends that are CRLF in the file, ascending. */
  readonly crlfAt: readonly number[];
  /** The end of new lines: that of most lines of the file. */
  readonly lineEnd: "\n" | "\r\n";
};

const BYTE_ORDER_MARK = "\uFEFF";

/** Decodes a file for editing; null when it is not valid UTF-8, because it could not be written back unchanged. */
export function decodeEditable(bytes: Uint8Array): EditableText | null {
  const decoded = decodeStrictly(bytes);
  if (decoded === null) return null;
  const hasByteOrderMark = decoded.startsWith(BYTE_ORDER_MARK);
  const original = hasByteOrderMark ? decoded.slice(1) : decoded;
  const crlfAt: number[] = [];
  for (let index = original.indexOf("\r\n"); index !== -1; index = original.indexOf("\r\n", index + 2)) crlfAt.push(index - crlfAt.length);
  const text = original.replaceAll("\r\n", "\n");
  const lineEnds = text.split("\n").length - 1;
  return { text, hasByteOrderMark, crlfAt, lineEnd: crlfAt.length * 2 > lineEnds ? "\r\n" : "\n" };
}

/** Applies replacements (ascending, not overlapping) and encodes the file: untouched lines keep their own line ends. */
export function encodeEdited(editable: EditableText, replacements: readonly Replacement[]): Uint8Array {
  const pieces: string[] = editable.hasByteOrderMark ? [BYTE_ORDER_MARK] : [];
  const restore = lineEndRestorer(editable);
  let from = 0;
  for (const { start, end, text } of replacements) {
    pieces.push(restore(from, start), text.replaceAll("\n", editable.lineEnd));
    from = end;
  }
  pieces.push(restore(from, editable.text.length));
  return new TextEncoder().encode(pieces.join(""));
}

// Restores parts of the text as the file has them; must be called in ascending order.
function lineEndRestorer({ text, crlfAt }: EditableText): (start: number, end: number) => string {
  let next = 0;
  return (start, end) => {
    const pieces: string[] = [];
    let from = start;
    for (; (crlfAt[next] ?? Number.POSITIVE_INFINITY) < end; next += 1) {
      const at = crlfAt[next] ?? end;
      if (at < start) continue;
      pieces.push(text.slice(from, at), "\r");
      from = at;
    }
    pieces.push(text.slice(from, end));
    return pieces.join("");
  };
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
