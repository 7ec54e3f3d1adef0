import { Held } from "../answer/bounded-answer.ts";
import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";

type Growing = Record<string, unknown>;

const ENDINGS = new Set(["response.completed", "response.incomplete", "response.failed", "response.done"]);

/**
 * Gives the body of a streamed response: its last event holds the whole of it. Items that a host leaves out of that event are taken from their own events. A stream without
 * such an event whose end mark came (`isDone`) counts as whole when all of its items are. Throws BadAnswer for a stream that ended early, OverBound when the items hold more
 * than an answer may.
 */
export async function collectResponses(events: AsyncIterable<unknown>, isDone: () => boolean = () => false): Promise<JsonRecord> {
  const items = new StreamedItems();
  const held = new Held();
  const usage = new StreamedUsage();
  let begun: JsonRecord = {};
  let body: JsonRecord | null = null;
  for await (const event of events) {
    if (!isRecord(event)) continue;
    usage.add(event);
    usage.add(recordIn(event, "response"));
    const type = stringIn(event, "type") ?? "";
    if (type === "error") throw new BadAnswer("error-event", "an error in the stream", isRecord(event["error"]) ? event["error"] : event);
    if (type === "response.created" || type === "response.in_progress") begun = { ...begun, ...recordIn(event, "response") };
    held.add(items.add(type, event));
    if (ENDINGS.has(type)) body = { ...recordIn(event, "response"), ...impliedStatus(event) };
  }
  if (body === null && !(isDone() && items.areWhole)) throw new BadAnswer("truncated-stream", "the stream ended before the response did");
  const { status: _status, ...unfinished } = begun;
  const whole = body ?? unfinished;
  return { ...whole, ...usage.field(), ...withMissing(whole["output"], items.list()) };
}

/** The items of the last event; those of their own events where it has none, and the calls that it leaves out. */
function withMissing(output: unknown, gathered: readonly JsonRecord[]): JsonRecord {
  const items = Array.isArray(output) ? output.filter(isRecord) : [];
  if (items.length === 0) return gathered.length === 0 ? {} : { output: gathered };
  const ids = new Set(items.map((item) => item["call_id"]));
  const missing = gathered.filter((item) => item["type"] === "function_call" && item["call_id"] !== undefined && !ids.has(item["call_id"]));
  return missing.length === 0 ? {} : { output: [...items, ...missing] };
}

/** The kind of the last event is the status, should the response not state it. */
function impliedStatus(event: JsonRecord): JsonRecord {
  const stated = recordIn(event, "response")["status"];
  const implied = stringIn(event, "type")?.replace("response.", "").replace("done", "completed");
  return typeof stated === "string" && stated !== "in_progress" ? {} : { status: implied };
}

type Item = { readonly place: number; readonly key: string; fields: JsonRecord; isWhole: boolean };

/** The items of a stream as their own events tell them: told apart by id, and by their place where they have none. */
class StreamedItems {
  readonly #items: Item[] = [];

  /** Whether there are items, and each came to its end. */
  get areWhole(): boolean {
    return this.#items.length > 0 && this.#items.every(({ isWhole }) => isWhole);
  }

  list(): readonly JsonRecord[] {
    return this.#items.toSorted((a, b) => a.place - b.place).map(({ fields }) => fields);
  }

  /** Takes what an event tells of an item and returns what it brought. */
  add(type: string, event: JsonRecord): unknown {
    if (type === "response.output_item.added" || type === "response.output_item.done") {
      const fields = recordIn(event, "item");
      const item = this.#find(event, fields) ?? this.#begin(event, fields);
      item.isWhole ||= type.endsWith("done");
      if (item.isWhole || Object.keys(item.fields).length === 0) item.fields = fields;
      return fields;
    }
    const delta = stringIn(event, "delta");
    const field = type === "response.function_call_arguments.delta" ? "arguments" : type === "response.output_text.delta" ? "text" : null;
    if (field === null || delta === null) {
      if (type === "response.function_call_arguments.done") this.#settle(event);
      return null;
    }
    const item =
      this.#find(event, {}) ?? this.#begin(event, field === "text" ? { type: "message", role: "assistant" } : { type: "function_call" });
    if (!item.isWhole) item.fields = grown(item.fields, field, delta);
    return delta;
  }

  /** The arguments of a call as their own last event has them. */
  #settle(event: JsonRecord): void {
    const item = this.#find(event, {});
    if (item !== undefined && !item.isWhole && typeof event["arguments"] === "string")
      item.fields = { ...item.fields, arguments: event["arguments"] };
  }

  #find(event: JsonRecord, fields: JsonRecord): Item | undefined {
    const key = keyOf(event, fields);
    return key === "" ? undefined : this.#items.findLast((item) => item.key === key);
  }

  #begin(event: JsonRecord, fields: JsonRecord): Item {
    const item: Item = { place: numberIn(event, "output_index") ?? this.#items.length, key: keyOf(event, fields), fields, isWhole: false };
    this.#items.push(item);
    checkBound(this.#items.length, MAX_CALLS, "the answer has too many parts");
    return item;
  }
}

/** What names an item in its events: its id, else the id of its call, else its place. */
function keyOf(event: JsonRecord, fields: JsonRecord): string {
  const place = numberIn(event, "output_index");
  const name = stringIn(event, "item_id") ?? stringIn(fields, "id") ?? stringIn(fields, "call_id");
  return name === null ? (place === null ? "" : `at ${place}`) : name;
}

function grown(fields: JsonRecord, field: "arguments" | "text", delta: string): JsonRecord {
  if (field === "arguments") return { ...fields, arguments: `${stringIn(fields, "arguments") ?? ""}${delta}` };
  const [part] = Array.isArray(fields["content"]) ? fields["content"].filter(isRecord) : [];
  const grownPart: Growing = { type: "output_text", annotations: [], ...part, text: `${stringIn(part ?? {}, "text") ?? ""}${delta}` };
  return { ...fields, content: [grownPart] };
}
