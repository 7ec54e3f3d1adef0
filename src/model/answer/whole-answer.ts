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
