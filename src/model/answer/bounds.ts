/**
 * Bounds of what a provider may send. The largest honest answer known is 128,000 output tokens: about 0.5 MB of text, 1.5 MB where every character is escaped, and
 * 32 to 50 MB as a stream that spends an event on each token. What is over a bound is refused while it arrives, before it is held.
 */

const MB = 1024 * 1024;

/** Bytes of a whole answer, or of one event of a stream, after inflating: ten times the largest honest one. JSON.parse, which cannot be interrupted, takes 50 ms for it. */
export const MAX_ANSWER_BYTES = 16 * MB;

/** Bytes of an error's body that are read. Only the first kilobyte is shown, but a code may come after it; some hosts put a whole generation before it. */
export const MAX_ERROR_BYTES = MB;

/** Bytes of a whole stream after inflating: the largest honest one is 50 MB. */
export const MAX_STREAM_BYTES = 64 * MB;

/** Events of a stream: four times 128,000, because some hosts put reasoning, text and a running count of tokens into events of their own. */
export const MAX_STREAM_EVENTS = 512_000;

/** Lines of one event. Hosts write each on one line; a pretty printer would need as many as the event has values. */
export const MAX_EVENT_LINES = 10_000;

/** Values in a JSON text. Each takes up to a hundred times its length in memory, and 25,000 objects with names of their own take up to 100 ms to parse and keep. */
export const MAX_JSON_VALUES = 50_000;

/** Levels of a JSON text: deeper ones cannot safely be written again. */
export const MAX_JSON_LEVELS = 200;

/** Bytes, as JSON writes them, of the turn that is kept, stored and sent back each time: four times the largest honest one; storing it cannot be interrupted. */
export const MAX_TURN_BYTES = 6 * MB;

/** Characters of the arguments of one call. Tools write files of at most 1 MB, which is 2 MB of JSON when every other character is escaped. */
export const MAX_ARGUMENT_CHARS = 2 * MB + 64 * 1024;

/** Calls in one answer: 128,000 tokens at 60 tokens a call. Each call is stored twice, when it starts and when it ends. */
export const MAX_CALLS = 2_048;

/** Characters of the body as received that are stored with an answer; a longer one keeps its beginning and its end. */
export const MAX_RECORDED_CHARS = 4 * MB;

/** Characters of a request: four million tokens, which no context window holds. */
export const MAX_REQUEST_CHARS = 16 * MB;

/** Characters of a word that names something: a model, a finish reason, a tool. Hosts' own are shorter than 100. */
export const MAX_WORD_CHARS = 200;

/** Characters of a call's id. Some gateways carry signatures of several kilobytes in it. */
export const MAX_ID_CHARS = 16 * 1024;

/** Thrown for an answer that is over a bound. The provider is at fault, and asking again would cost as much again. */
export class OverBound extends Error {
  override readonly name = "OverBound";
}

/** Throws OverBound when a size is over a bound; `what` names what is too large. */
export function checkBound(size: number, most: number, what: string): void {
  if (size > most) throw new OverBound(`${what}, and at most ${most.toLocaleString("en-US")} are read`);
}
