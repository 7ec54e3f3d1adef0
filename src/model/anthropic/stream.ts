import { Held } from "../answer/bounded-answer.ts";
import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { parseBounded } from "../answer/json-scan.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";

type Growing = Record<string, unknown>;

/** The field that each kind of delta has and adds to. */
const ADDS_TO: ReadonlyMap<string, string> = new Map([
  ["text_delta", "text"],
  ["thinking_delta", "thinking"],
  ["signature_delta", "signature"],
]);

/**
 * Puts the events of a streamed message together to the body it would have had unstreamed. The input of a call stays text when it is not
 * JSON, so that a call that was cut off is not taken for a whole one. Throws BadAnswer when the stream ends without a stop reason, OverBound when it holds more than an
 * answer may.
 */
export async function collectAnthropic(events: AsyncIterable<unknown>): Promise<JsonRecord> {
  let message: Growing = {};
  const blocks = new Map<number, Growing>();
  const inputs = new Map<number, string>();
  const held = new Held();
  const usage = new StreamedUsage();

  for await (const event of events) {
    if (!isRecord(event)) continue;
    usage.add(event);
    const index = numberIn(event, "index") ?? 0;
    if (event["type"] === "message_start") message = { ...recordIn(event, "message") };
    if (event["type"] === "content_block_start") {
      blocks.set(index, { ...recordIn(event, "content_block") });
      checkBound(blocks.size, MAX_CALLS, "the answer has too many parts");
      held.add(event["content_block"]);
    }
    if (event["type"] === "content_block_delta") {
      addDelta({ index, blocks, inputs }, recordIn(event, "delta"));
      held.add(event["delta"]);
    }
    if (event["type"] === "message_delta") {
      held.add(event["delta"]);
      held.add(event["usage"]);
      message = { ...message, ...known(recordIn(event, "delta")) };
    }
  }
  if (stringIn(message, "stop_reason") === null) throw new BadAnswer("truncated-stream", "the stream ended without a stop reason");

  const ordered = [...blocks.entries()].toSorted(([a], [b]) => a - b);
  return { ...message, ...usage.field(), content: ordered.map(([index, block]) => withInput(block, inputs.get(index))) };
}

type Blocks = { readonly index: number; readonly blocks: Map<number, Growing>; readonly inputs: Map<number, string> };

function addDelta({ index, blocks, inputs }: Blocks, delta: JsonRecord): void {
  const kind = stringIn(delta, "type") ?? "";
  if (kind === "input_json_delta") {
    inputs.set(index, (inputs.get(index) ?? "") + (stringIn(delta, "partial_json") ?? ""));
    return;
  }
  const field = ADDS_TO.get(kind);
  const block = blocks.get(index);
  if (field === undefined || block === undefined) return;
  block[field] = `${stringIn(block, field) ?? ""}${stringIn(delta, field) ?? ""}`;
}

function withInput(block: Growing, text: string | undefined): Growing {
  if (text === undefined || text === "") return block;
  try {
    return { ...block, input: parseBounded(text) };
  } catch {
    return { ...block, input: text };
  }
}

/** What an event leaves open does not replace what is known. */
function known(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
}
