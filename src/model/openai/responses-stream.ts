import { isRecord, type JsonRecord, numberIn, recordIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";

const ENDINGS = new Set(["response.completed", "response.incomplete", "response.failed"]);

/**
 * Gives the body of a streamed response: its last event holds the whole of it. Items that a host leaves out of that event are taken from
 * their own events. Throws BadAnswer when the stream ends without such an event.
 */
export async function collectResponses(events: AsyncIterable<unknown>): Promise<JsonRecord> {
  const items = new Map<number, JsonRecord>();
  let body: JsonRecord | null = null;
  for await (const event of events) {
    if (!isRecord(event)) continue;
    if (event["type"] === "error")
      throw new BadAnswer("error-event", "an error in the stream", isRecord(event["error"]) ? event["error"] : event);
    if (event["type"] === "response.output_item.done") items.set(numberIn(event, "output_index") ?? items.size, recordIn(event, "item"));
    if (ENDINGS.has(stringIn(event, "type") ?? "")) body = { ...recordIn(event, "response"), ...impliedStatus(event) };
  }
  if (body === null) throw new BadAnswer("truncated-stream", "the stream ended before the response did");

  const isEmpty = !Array.isArray(body["output"]) || body["output"].length === 0;
  if (!isEmpty || items.size === 0) return body;
  return { ...body, output: [...items.entries()].toSorted(([a], [b]) => a - b).map(([, item]) => item) };
}

/** The kind of the last event is the status, should the response not state it. */
function impliedStatus(event: JsonRecord): JsonRecord {
  const stated = recordIn(event, "response")["status"];
  return typeof stated === "string" ? {} : { status: stringIn(event, "type")?.replace("response.", "") };
}
