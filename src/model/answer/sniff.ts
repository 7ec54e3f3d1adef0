import { checkBound, MAX_ERROR_BYTES } from "./bounds.ts";

/** The form of a body: events of a stream, or a whole JSON text; null where its beginning tells neither. */
export type BodyForm = "events" | "whole" | null;

/** Bodies whose beginning says what they are: a field or a comment of server-sent events, or a JSON value. */
const EVENTS = /^(?:data|event|id|retry) ?:|^:/;
const WHOLE = /^[{[<]/;
const MIN_CHARS = 8;

/**
 * Reads a body as far as its first letters, which say what it is whatever its header says: servers send streams as text/plain or application/json, whole answers as
 * event-stream, and either one unasked. Returns its form and all of its pieces. Throws OverBound for a body that begins with more blanks than any answer.
 */
export async function sniffed(pieces: AsyncIterable<string>): Promise<{ readonly form: BodyForm; readonly pieces: AsyncIterable<string> }> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first: string[] = [];
  let blanks = 0;
  let beginning = "";
  let isOver = false;
  while (!isOver && beginning.length < MIN_CHARS) {
    const next = await iterator.next();
    isOver = next.done === true;
    if (next.done) break;
    first.push(next.value);
    beginning = (beginning + next.value).trimStart().slice(0, MAX_KEPT_CHARS);
    if (beginning === "") blanks += next.value.length;
    checkBound(blanks, MAX_ERROR_BYTES, "the answer begins with too many blanks");
    if (WHOLE.test(beginning) || EVENTS.test(beginning)) break;
  }
  const form = EVENTS.test(beginning) ? "events" : WHOLE.test(beginning) ? "whole" : null;
  return { form, pieces: joined(first, iterator) };
}

const MAX_KEPT_CHARS = 64;

/** The pieces that were read, then the rest; leaving off early ends the body. */
async function* joined(first: readonly string[], rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    yield* first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
