import type { JsonRecord } from "../json.ts";
import { BadAnswer, type Protocol } from "../protocol.ts";
import type { Recording } from "../recording-fetch.ts";
import { jsonLines } from "./event-stream.ts";

/**
 * Parses a whole answer, whatever its content type says; one that is not meant to be JSON is no answer, and not a broken one. Some servers write the events of a stream
 * as lines of JSON.
 */
export async function wholeAnswer({ exchange, readWhole }: Recording, protocol: Protocol): Promise<unknown> {
  const text = await readWhole();
  if (text.trim() === "") throw new BadAnswer("no-answer", "the answer is empty");
  try {
    return JSON.parse(text);
  } catch (error) {
    const events = jsonLines(text);
    if (events !== null) return protocol.collect(events);
    if (text.trimStart().startsWith("{") || exchange.headers?.get("content-type")?.includes("json")) throw error;
    throw new BadAnswer("no-answer", "the body is not a JSON object");
  }
}

/** Thrown for a stream that ended without any event: llama-cpp-python, for one, begins a stream before it looks at the request, and ends it without a word when the prompt is too long. */
export class EmptyStream extends BadAnswer {
  constructor() {
    super("empty-stream", "the stream held no event");
  }
}

/** Writes the body of a request so that it asks for a whole answer; a server whose stream said nothing says why then. */
export function askingWhole(body: string): string {
  const { stream: _stream, stream_options: _options, ...rest } = JSON.parse(body) as JsonRecord;
  return JSON.stringify(rest);
}

/** Puts the events of a stream together. Throws EmptyStream for one without any. */
export async function streamedAnswer({ readEvents, isDone }: Recording, protocol: Protocol): Promise<unknown> {
  let isEmpty = true;
  async function* seen(): AsyncGenerator<unknown> {
    for await (const event of readEvents()) {
      isEmpty = false;
      yield event;
    }
  }
  try {
    return await protocol.collect(seen(), isDone);
  } catch (error) {
    // The first event may be an error, which says why itself.
    if (isEmpty && error instanceof BadAnswer && error.error === null && error.label === "truncated-stream") throw new EmptyStream();
    throw error;
  }
}
