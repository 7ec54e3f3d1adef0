/** Sixteen backslashes are an escape in a JSON text that is a string of a JSON text, four times over. */
const ESCAPE = /\\{1,16}(?:u([0-9a-f]{4})|(["/]))|%([0-9a-f]{2})|&#(?:x0{0,6}([0-9a-f]{1,4})|0{0,6}(\d{1,5}));/gi;

/** A part of a text: where it begins in the text without escapes, and where in the text as it is. */
type Part = { readonly plain: number; readonly written: number };

/**
 * Replaces words in a text of which any letter may be written as an escape of JSON, of an address or of HTML, as whoever reads such a text would undo it. Words that
 * stand there without escapes are left to the caller. Takes time that grows with the length of the text alone.
 */
export function withoutEscaped(text: string, words: readonly string[], replacement: string): string {
  const parts: Part[] = [{ plain: 0, written: 0 }];
  const pieces: string[] = [];
  let written = 0;
  let plain = 0;
  for (const match of text.matchAll(ESCAPE)) {
    pieces.push(text.slice(written, match.index), letterOf(match));
    plain += match.index - written;
    written = match.index + match[0].length;
    parts.push({ plain, written: match.index }, { plain: plain + 1, written });
    plain += 1;
  }
  if (pieces.length === 0 || words.length === 0) return text;
  pieces.push(text.slice(written));
  return cut(text, { parts, found: foundIn(pieces.join(""), words), replacement });
}

function letterOf([, json, sign, percent, hex, decimal]: RegExpExecArray): string {
  if (sign !== undefined) return sign;
  const code = decimal === undefined ? Number.parseInt(json ?? percent ?? hex ?? "", 16) : Number(decimal);
  return String.fromCharCode(code);
}

type Span = { readonly start: number; readonly end: number };

/** Where the words are, in order, those that overlap too. */
function foundIn(plain: string, words: readonly string[]): readonly Span[] {
  const spans: Span[] = [];
  for (const word of words)
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length))
      spans.push({ start: at, end: at + word.length });
  return spans.sort((a, b) => a.start - b.start || b.end - a.end);
}

type Cut = { readonly parts: readonly Part[]; readonly found: readonly Span[]; readonly replacement: string };

function cut(text: string, { parts, found, replacement }: Cut): string {
  if (found.length === 0) return text;
  const kept: string[] = [];
  let from = 0;
  let next = 0;
  const writtenAt = (plain: number): number => {
    while ((parts[next + 1]?.plain ?? Number.POSITIVE_INFINITY) <= plain) next += 1;
    const { plain: start, written } = parts[next] ?? { plain: 0, written: 0 };
    return written + plain - start;
  };
  let end = -1;
  for (const span of found) {
    if (span.end <= end) continue;
    if (span.start >= end) kept.push(text.slice(from, writtenAt(span.start)), replacement);
    end = span.end;
    from = writtenAt(end);
  }
  kept.push(text.slice(from));
  return kept.join("");
}
