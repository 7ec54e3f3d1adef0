const HASH_COMMENTS = /\.(?:pyw?|pyx|pth|rb|pl|sh|bash)$/i;
/** A string with one of these holds code or prose of its own: a pattern, a message, a template. */
const HOLDS_TEXT = /[=(){}\n]/;
const PATH = /^["'`]\/[^\s=]{1,200}$/;

/**
 * Returns the code of a program without what it only says: comments, and strings that hold code or several lines, become blanks. So a docstring, a linter's pattern or a
 * template that shows a trick is not taken for the trick. Regular expressions are not understood; one that holds a quote hides the rest of its line.
 */
export function codeOf(path: string, text: string): string {
  const hasHashes = HASH_COMMENTS.test(path);
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; ) {
    const end = spanEnd(text, at, hasHashes);
    if (end === at) {
      at++;
      continue;
    }
    const isString = isQuote(text[at], hasHashes);
    const span = text.slice(at, end);
    if (!isString || (HOLDS_TEXT.test(span) && !PATH.test(span))) {
      pieces.push(text.slice(kept, at), isString ? '""' : "");
      kept = end;
    }
    at = end;
  }
  return pieces.join("") + text.slice(kept);
}

/** Finds where the comment or string that begins here ends; the same place where none begins. */
function spanEnd(text: string, at: number, hasHashes: boolean): number {
  const sign = text[at] as string;
  const next = text[at + 1];
  if (hasHashes && sign === "#") return indexFrom(text, "\n", at);
  if (!hasHashes && sign === "/" && next === "/" && text[at - 1] !== ":") return indexFrom(text, "\n", at);
  if (!hasHashes && sign === "/" && next === "*") return indexFrom(text, "*/", at + 2) + 2;
  if (!isQuote(sign, hasHashes)) return at;
  const triple = sign.repeat(3);
  if (hasHashes && text.startsWith(triple, at)) return indexFrom(text, triple, at + 3) + 3;
  return stringEnd(text, at + 1, sign);
}

function isQuote(sign: string | undefined, hasHashes: boolean): boolean {
  return sign === '"' || sign === "'" || (sign === "`" && !hasHashes);
}

function stringEnd(text: string, start: number, quote: string): number {
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (sign === "\\") at++;
    else if (sign === quote) return at + 1;
    else if (sign === "\n" && quote !== "`") return at;
  }
  return text.length;
}

function indexFrom(text: string, wanted: string, from: number): number {
  const index = text.indexOf(wanted, from);
  return index === -1 ? text.length : index;
}
