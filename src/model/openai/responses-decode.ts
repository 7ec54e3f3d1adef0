import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { Held } from "../answer/bounded-answer.ts";
import { isRecord, isTooDeep, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readArguments } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { StreamedUsage } from "../usage/usage-record.ts";
import { sendableItems } from "./responses-history.ts";

/** Reads a body of Responses. Throws BadAnswer for a response that failed and for a body that is not one. */
export function decodeResponses(body: unknown, turns: readonly Turn[]): Decoded {
  if (!isRecord(body)) throw new BadAnswer("no-answer", "the body is not a JSON object");
  if (isTooDeep(body)) throw new BadAnswer("too-deep", "the body is nested too deep to be kept");
  const status = stringIn(body, "status");
  if (isRecord(body["error"])) throw new BadAnswer("error-in-success", "an error with a success status", body["error"]);
  if (!Array.isArray(body["output"])) throw new BadAnswer("no-output", "the body has no output");
  const isAnswer = status === null || status === "completed" || status === "incomplete" || isFilterFailure(body);
  if (!isAnswer) throw new BadAnswer(`status-${status}`, `the response is ${status} without a reason`);

  const { calls, native } = readItems(recordsIn(body, "output"), turns);
  const { items, repairs } = sendableItems(native);
  const parts = recordsIn(body, "output").flatMap((item) => (item["type"] === "message" ? recordsIn(item, "content") : []));
  const reasoningItems = recordsIn(body, "output").filter((item) => item["type"] === "reasoning");
  const refusal = joinedText(parts, "refusal") || null;
  const reason = stringIn(recordIn(body, "incomplete_details"), "reason");
  const finishRaw = reason === null ? (status ?? "") : `${status}:${reason}`;
  return {
    turn: {
      kind: "assistant",
      native: items,
      view: { text: joinedText(parts, "text"), reasoning: reasoningText(reasoningItems), refusal, calls },
    },
    finish: finishOf({ status, reason, hasCalls: calls.length > 0, hasRefusal: refusal !== null }),
    finishRaw,
    usage: usageOf(body),
    reportedUsd: reportedCostIn(body),
    repairs: [...new Set(repairs)],
    served: {
      model: stringIn(body, "model"),
      provider: stringIn(body, "provider"),
      responseId: stringIn(body, "id"),
      serviceTier: stringIn(body, "service_tier"),
    },
  };
}

type Ending = { readonly status: string | null; readonly reason: string | null; readonly hasCalls: boolean; readonly hasRefusal: boolean };

/** An incomplete response without a reason is taken for one that reached its limit, the only common cause. */
function finishOf({ status, reason, hasCalls, hasRefusal }: Ending): Finish {
  if (reason === "content_filter" || status === "failed") return "refusal";
  if (reason === "max_output_tokens" || (status === "incomplete" && reason === null)) return "length";
  if (hasCalls) return "tool-calls";
  if (hasRefusal) return "refusal";
  return status === "incomplete" ? "other" : "stop";
}

/** Some hosts report a filtered answer as failed, with the reason where an incomplete one has it. */
function isFilterFailure(body: JsonRecord): boolean {
  return body["status"] === "failed" && recordIn(body, "incomplete_details")["reason"] === "content_filter";
}

/** The items that go back: without ids, which name things the provider did not store, and without what only describes this response. */
function readItems(items: readonly JsonRecord[], turns: readonly Turn[]): { calls: ToolCall[]; native: JsonRecord[] } {
  const idFor = callIds(turns);
  const calls: ToolCall[] = [];
  const native = items.map((item) => {
    const { id: _id, status: _status, ...kept } = item;
    if (item["type"] !== "function_call") return kept;
    const rawArguments = stringIn(item, "arguments") ?? "";
    const { args, replayText, keptText } = readArguments(rawArguments);
    const callId = idFor(item["call_id"]);
    const name = callName(item["name"]);
    calls.push({ id: callId, name, args, rawArguments: keptText });
    return { ...kept, call_id: callId, ...(name !== "" && { name }), arguments: replayText };
  });
  return { calls, native };
}

function reasoningText(items: readonly JsonRecord[]): string {
  return items
    .flatMap((item) => [...recordsIn(item, "summary"), ...recordsIn(item, "content")])
    .map((part) => stringIn(part, "text") ?? "")
    .join("\n");
}

function joinedText(parts: readonly JsonRecord[], field: string): string {
  return parts.map((part) => stringIn(part, field) ?? "").join("");
}

const ENDINGS = new Set(["response.completed", "response.incomplete", "response.failed"]);

/**
 * Gives the body of a streamed response: its last event holds the whole of it. Items that a host leaves out of that event are taken from
 * their own events. Throws BadAnswer when the stream ends without such an event, OverBound when the items hold more than an answer may.
 */
export async function collectResponses(events: AsyncIterable<unknown>): Promise<JsonRecord> {
  const items = new Map<number, JsonRecord>();
  const held = new Held();
  const usage = new StreamedUsage();
  let body: JsonRecord | null = null;
  for await (const event of events) {
    if (!isRecord(event)) continue;
    usage.add(event);
    usage.add(recordIn(event, "response"));
    if (event["type"] === "error")
      throw new BadAnswer("error-event", "an error in the stream", isRecord(event["error"]) ? event["error"] : event);
    if (event["type"] === "response.output_item.done") {
      items.set(numberIn(event, "output_index") ?? items.size, recordIn(event, "item"));
      held.add(event["item"]);
    }
    if (ENDINGS.has(stringIn(event, "type") ?? "")) body = { ...recordIn(event, "response"), ...impliedStatus(event) };
  }
  if (body === null) throw new BadAnswer("truncated-stream", "the stream ended before the response did");

  body = { ...body, ...usage.field() };
  const isEmpty = !Array.isArray(body["output"]) || body["output"].length === 0;
  if (!isEmpty || items.size === 0) return body;
  return { ...body, output: [...items.entries()].toSorted(([a], [b]) => a - b).map(([, item]) => item) };
}

/** The kind of the last event is the status, should the response not state it. */
function impliedStatus(event: JsonRecord): JsonRecord {
  const stated = recordIn(event, "response")["status"];
  return typeof stated === "string" ? {} : { status: stringIn(event, "type")?.replace("response.", "") };
}
