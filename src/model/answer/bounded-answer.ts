import type { Decoded } from "../protocol.ts";
import { checkBound, MAX_ANSWER_BYTES, MAX_CALLS, MAX_TURN_BYTES, MAX_WORD_CHARS } from "./bounds.ts";
import { writtenBytes } from "./json-scan.ts";

/**
 * Bounds what is kept of a decoded answer: throws OverBound for a turn that is too large to be stored and sent back each time, and cuts words that only name
 * something.
 */
export function boundedAnswer(decoded: Decoded): Decoded {
  const { turn, served } = decoded;
  checkBound(turn.view.calls.length, MAX_CALLS, "the answer has too many tool calls");
  checkBound(writtenBytes(turn.native) + writtenBytes(turn.view.refusal), MAX_TURN_BYTES, "the answer is too long");
  return {
    ...decoded,
    finishRaw: cut(decoded.finishRaw),
    served: {
      model: cutOrNull(served.model),
      provider: cutOrNull(served.provider),
      responseId: cutOrNull(served.responseId),
      serviceTier: cutOrNull(served.serviceTier),
    },
  };
}

function cut(text: string): string {
  return text.length <= MAX_WORD_CHARS ? text : `${text.slice(0, MAX_WORD_CHARS)}…`;
}

function cutOrNull(text: string | null): string | null {
  return text === null ? null : cut(text);
}

/** Counts what a stream has brought to an answer; throws OverBound when it is more than a whole answer may have. */
export class Held {
  #chars = 0;

  /** Adds what will be kept of an event. */
  add(value: unknown): void {
    this.#chars += writtenBytes(value);
    checkBound(this.#chars, MAX_ANSWER_BYTES, "the answer is too long");
  }
}
