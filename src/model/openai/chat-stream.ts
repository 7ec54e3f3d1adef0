import { Held } from "../answer/bounded-answer.ts";
import { checkBound, MAX_CALLS } from "../answer/bounds.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";

type Growing = Record<string, unknown>;
type StreamedCall = { readonly index: number | null; readonly fields: Growing; readonly fn: Growing; args: string };

/** Fields of a delta that an answer is read from: their pieces are joined where they are texts. */
const JOINED = ["content", "refusal", "reasoning_content", "reasoning", "reasoning_text"];

/**
 * Puts the chunks of a streamed Chat Completion together to the body it would have had unstreamed. Throws BadAnswer when the stream ends
 * without a finish reason, OverBound when they hold more than an answer may.
 */
export async function collectChat(chunks: AsyncIterable<unknown>): Promise<JsonRecord> {
  const body: Growing = { object: "chat.completion" };
  const message: Growing = { role: "assistant", content: null };
  const calls: StreamedCalls = { all: [], byIndex: new Map() };
  const details: JsonRecord[] = [];
  const held = new Held();
  const usage = new StreamedUsage();
  let finish: unknown = null;
  let failure: unknown = null;

  for await (const chunk of chunks) {
    if (!isRecord(chunk)) continue;
    for (const field of ["id", "model", "provider", "service_tier", "error"]) {
      if (chunk[field] !== undefined && chunk[field] !== null) body[field] = chunk[field];
    }
    usage.add(chunk);
    const choice = recordsIn(chunk, "choices")[0];
    if (choice === undefined) continue;
    finish = choice["finish_reason"] ?? finish;
    failure = choice["error"] ?? failure;
    const delta = recordIn(choice, "delta");
    held.add(mergeDelta(message, delta));
    mergeCalls(calls, recordsIn(delta, "tool_calls"));
    for (const piece of recordsIn(delta, "reasoning_details")) details.push(piece);
    held.add([delta["tool_calls"], delta["reasoning_details"]]);
  }
  if (finish === null && body["error"] === undefined) throw new BadAnswer("truncated-stream", "the stream ended without a finish reason");

  if (calls.all.length > 0)
    message["tool_calls"] = calls.all.map(({ fields, fn, args }) => ({ ...fields, function: { ...fn, arguments: args } }));
  if (details.length > 0) message["reasoning_details"] = mergedDetails(details);
  return {
    ...body,
    ...usage.field(),
    choices: [{ index: 0, message, finish_reason: finish, ...(failure !== null && { error: failure }) }],
  };
}

/** Adds a delta to the message and returns what it brought. */
function mergeDelta(message: Growing, delta: JsonRecord): readonly unknown[] {
  const brought = JOINED.filter((field) => delta[field] !== null && delta[field] !== undefined);
  for (const field of brought) {
    const [before, value] = [message[field], delta[field]];
    message[field] = typeof before === "string" && typeof value === "string" ? before + value : value;
  }
  return brought.map((field) => delta[field]);
}

/** The calls so far, and the latest of each index. */
type StreamedCalls = { readonly all: StreamedCall[]; readonly byIndex: Map<number, StreamedCall> };

function mergeCalls(calls: StreamedCalls, pieces: readonly JsonRecord[]): void {
  for (const piece of pieces) mergeCall(calls, piece);
}

/**
 * Adds a piece to the call that it continues. Pieces are told apart by their index, and by their id where a host gives every call the same
 * index or none.
 */
function mergeCall({ all, byIndex }: StreamedCalls, piece: JsonRecord): void {
  const { index: _index, function: rawFunction, ...rest } = piece;
  const index = numberIn(piece, "index");
  const id = stringIn(piece, "id") || null;
  const fresh = isRecord(rawFunction) ? rawFunction : {};
  const latest = index === null ? all.at(-1) : byIndex.get(index);
  const isOther = latest !== undefined && id !== null && latest.fields["id"] !== undefined && latest.fields["id"] !== id;
  const isNameless = index === null && id === null && stringIn(fresh, "name");
  const call: StreamedCall = latest === undefined || isOther || isNameless ? { index, fields: {}, fn: {}, args: "" } : latest;
  if (call !== latest) {
    all.push(call);
    if (index !== null) byIndex.set(index, call);
    checkBound(all.length, MAX_CALLS, "the answer has too many tool calls");
  }

  Object.assign(call.fields, filled(rest));
  Object.assign(call.fn, filled(fresh));
  call.args += stringIn(fresh, "arguments") ?? "";
}

/** The fields that have a value. */
function filled(record: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== "" && value !== undefined));
}

/** Joins the pieces of each reasoning detail, so that what goes back is what an unstreamed answer would have held. */
function mergedDetails(pieces: readonly JsonRecord[]): JsonRecord[] {
  const merged: Growing[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const continues =
      last !== undefined && last["type"] === piece["type"] && last["index"] === piece["index"] && piece["type"] !== "reasoning.encrypted";
    if (!continues) {
      merged.push({ ...piece });
      continue;
    }
    for (const [field, value] of Object.entries(piece)) {
      if (value === null || value === undefined) continue;
      const isText = field === "text" || field === "summary";
      last[field] = isText && typeof last[field] === "string" && typeof value === "string" ? last[field] + value : value;
    }
  }
  return merged;
}
