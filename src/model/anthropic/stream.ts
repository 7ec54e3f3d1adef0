import { Held } from "../answer/bounded-answer.ts";
import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { parseBounded } from "../answer/json-scan.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";

type Growing = Record<string, unknown>;
/** A block as far as it has come; `input` is the text of a call's arguments. */
type Block = { readonly fields: Growing; input: string; isClosed: boolean };

/** The field that each kind of delta has and adds to, and the kind of block that it belongs to. */
const ADDS_TO: ReadonlyMap<string, { readonly field: string; readonly kind: string }> = new Map([
  ["text_delta", { field: "text", kind: "text" }],
  ["thinking_delta", { field: "thinking", kind: "thinking" }],
  ["signature_delta", { field: "signature", kind: "thinking" }],
]);

/**
 * Puts the events of a streamed message together to the body it would have had unstreamed. The input of a call stays text when it is not
 * JSON, so that a call that was cut off is not taken for a whole one. A message without a stop reason counts as whole when the stream came to its own end (`message_stop`,
 * or an end mark, which `isDone` tells). Throws BadAnswer for a stream that ended early, OverBound for one that holds more than an answer may.
 */
export async function collectAnthropic(events: AsyncIterable<unknown>, isDone: () => boolean = () => false): Promise<JsonRecord> {
  const gathered = new StreamedMessage();
  for await (const event of events) if (isRecord(event)) gathered.add(event);
  const { message, blocks, hasStopped, usage } = gathered;
  const endsWell = (hasStopped || isDone()) && blocks.areWhole;
  if (stringIn(message, "stop_reason") === null && !endsWell)
    throw new BadAnswer("truncated-stream", "the stream ended without a stop reason");
  // Some hosts put the whole message into its first event.
  const content = blocks.content();
  return { ...message, ...usage.field(), content: content.length > 0 ? content : (message["content"] ?? []) };
}

/** A message as far as its events have come. */
class StreamedMessage {
  message: JsonRecord = {};
  readonly blocks = new Blocks();
  hasStopped = false;
  readonly usage = new StreamedUsage();
  readonly #held = new Held();

  add(event: JsonRecord): void {
    this.usage.add(event);
    const index = numberIn(event, "index") ?? 0;
    switch (event["type"]) {
      case "message_start":
        this.message = recordIn(event, "message");
        break;
      case "content_block_start":
        this.blocks.begin(index, recordIn(event, "content_block"));
        this.#held.add(event["content_block"]);
        break;
      case "content_block_delta":
        this.blocks.add(index, recordIn(event, "delta"));
        this.#held.add(event["delta"]);
        break;
      case "content_block_stop":
        this.blocks.close(index);
        break;
      case "message_delta":
        this.#held.add([event["delta"], event["usage"]]);
        this.message = {
          ...this.message,
          ...known(recordIn(event, "delta")),
        };
        break;
      case "message_stop":
        this.hasStopped = true;
    }
  }
}

/** The blocks of a message in the order in which they began: some hosts give all of them one index. */
class Blocks {
  readonly #all: Block[] = [];
  readonly #byIndex = new Map<number, Block>();

  /** Whether there are blocks, and none is a call that is cut. */
  get areWhole(): boolean {
    return this.#all.length > 0 && this.#all.every(({ input, isClosed }) => isClosed || input === "" || isRecord(parsedOr(input)));
  }

  begin(index: number, fields: JsonRecord): Block {
    const block: Block = { fields: { ...fields }, input: "", isClosed: false };
    this.#all.push(block);
    this.#byIndex.set(index, block);
    checkBound(this.#all.length, MAX_CALLS, "the answer has too many parts");
    return block;
  }

  /** Adds a piece to the latest block of its index; one that was not announced begins with its first piece, unless only a call could have it. */
  add(index: number, delta: JsonRecord): void {
    const type = stringIn(delta, "type") ?? "";
    if (type === "input_json_delta") {
      const block = this.#byIndex.get(index) ?? this.#all.at(-1);
      const piece = delta["partial_json"];
      if (block !== undefined) block.input += isRecord(piece) ? JSON.stringify(piece) : typeof piece === "string" ? piece : "";
      return;
    }
    const adds = ADDS_TO.get(type);
    if (adds === undefined) return;
    const latest = this.#byIndex.get(index);
    const fits = latest !== undefined && (latest.fields["type"] === adds.kind || adds.field in latest.fields);
    const { fields } = fits ? latest : this.begin(index, { type: adds.kind });
    fields[adds.field] = `${stringIn(fields, adds.field) ?? ""}${stringIn(delta, adds.field) ?? ""}`;
  }

  close(index: number): void {
    const block = this.#byIndex.get(index);
    if (block !== undefined) block.isClosed = true;
  }

  content(): readonly JsonRecord[] {
    return this.#all.map(({ fields, input }) => (input === "" ? fields : { ...fields, input: parsedOr(input) }));
  }
}

function parsedOr(text: string): unknown {
  try {
    return parseBounded(text);
  } catch {
    return text;
  }
}

/** What an event leaves open does not replace what is known. */
function known(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined));
}
