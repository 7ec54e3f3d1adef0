import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";

/**
 * Passes the events of a stream on, and calls `onFirstToken` once: when the first event arrives that carries a piece of the answer. What else ends or goes wrong is left to
 * the reader of the events.
 */
export async function* withFirstToken(events: AsyncIterable<unknown>, onFirstToken: () => void): AsyncGenerator<unknown> {
  let isFirst = true;
  for await (const event of events) {
    if (isFirst && carriesToken(event)) {
      isFirst = false;
      onFirstToken();
    }
    yield event;
  }
}

/**
 * Checks whether an event carries text, reasoning or a piece of a tool call in one of the wire protocols; those that only open an answer or keep it alive do not.
 *
 * @internal
 */
export function carriesToken(event: unknown): boolean {
  if (!isRecord(event)) return false;
  if (Array.isArray(event["choices"])) return recordsIn(event, "choices").some(hasPiece);
  if (Array.isArray(event["candidates"])) return recordsIn(event, "candidates").some(hasPart);
  const type = stringIn(event, "type") ?? "";
  return type.startsWith("response.") ? isPieceOfResponse(type, event) : isPieceOfMessage(type, event);
}

// Some hosts send the whole message in a stream of one chunk.
function hasPiece(choice: JsonRecord): boolean {
  return [recordIn(choice, "delta"), recordIn(choice, "message")].some((delta) => CHAT_FIELDS.some((field) => isFilled(delta[field])));
}

const CHAT_FIELDS = [
  "content",
  "refusal",
  "reasoning_content",
  "reasoning",
  "reasoning_text",
  "reasoning_details",
  "tool_calls",
  "function_call",
];

function hasPart(candidate: JsonRecord): boolean {
  return recordsIn(recordIn(candidate, "content"), "parts").some((part) => isFilled(part["text"]) || isFilled(part["functionCall"]));
}

function isPieceOfResponse(type: string, event: JsonRecord): boolean {
  if (type.endsWith(".delta")) return isFilled(event["delta"]);
  // A call begins with its name; reasoning and messages begin empty, but may also come whole.
  if (type === "response.output_item.added") return stringIn(recordIn(event, "item"), "type") === "function_call";
  if (type === "response.output_item.done") return true;
  return isFilled(recordIn(event, "response")["output"]);
}

const BLOCK_FIELDS = ["text", "thinking", "partial_json"];

function isPieceOfMessage(type: string, event: JsonRecord): boolean {
  const part = recordIn(event, type === "content_block_start" ? "content_block" : "delta");
  return stringIn(part, "type") === "tool_use" || (type.startsWith("content_block") && BLOCK_FIELDS.some((field) => isFilled(part[field])));
}

function isFilled(value: unknown): boolean {
  if (typeof value === "string" || Array.isArray(value)) return value.length > 0;
  return isRecord(value) && Object.keys(value).length > 0;
}
