import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { isRecord, isTooDeep, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readArguments } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { sendableMessage } from "./chat-history.ts";

/** Fields of a message that go back; other hosts reject some of the rest (`refusal: null`, `annotations`, `audio`). */
const REPLAYED = ["reasoning_content", "reasoning", "reasoning_text", "reasoning_details"];
const REASONING_TEXT = ["reasoning_content", "reasoning", "reasoning_text"];

/** Reads a body of Chat Completions. Throws BadAnswer for an error in disguise and for a body without an answer. */
export function decodeChat(body: unknown, turns: readonly Turn[]): Decoded {
  if (!isRecord(body)) throw new BadAnswer("no-answer", "the body is not a JSON object");
  if (isTooDeep(body)) throw new BadAnswer("too-deep", "the body is nested too deep to be kept");
  if (body["error"] !== undefined && body["error"] !== null)
    throw new BadAnswer("error-in-success", "an error with a success status", body["error"]);
  const choice = recordsIn(body, "choices")[0];
  if (choice === undefined || !isRecord(choice["message"])) throw new BadAnswer("no-choices", "the body has no choices");
  const finishRaw = stringIn(choice, "finish_reason") ?? "";
  if (finishRaw === "error") throw new BadAnswer("error-finish", "the upstream failed while it answered", choice["error"] ?? null);
  if (finishRaw === "insufficient_system_resource") throw new BadAnswer(finishRaw, "the host ran out of resources while it answered");

  const message = choice["message"];
  const { calls, native: nativeCalls } = readCalls(recordsIn(message, "tool_calls"), turns);
  const refusal = stringIn(message, "refusal") || null;
  const replayed = REPLAYED.filter((field) => message[field] !== undefined && message[field] !== null);
  const { message: native, repairs } = sendableMessage({
    role: "assistant",
    content: message["content"] ?? null,
    ...(nativeCalls.length > 0 && { tool_calls: nativeCalls }),
    ...Object.fromEntries(replayed.map((field) => [field, message[field]])),
  });
  const reasoning = REASONING_TEXT.map((field) => stringIn(message, field)).find((text) => text !== null && text !== "") ?? "";
  return {
    turn: { kind: "assistant", native, view: { text: contentText(message["content"]), reasoning, refusal, calls } },
    finish: chatFinish(finishRaw, calls.length > 0, refusal !== null),
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

/**
 * The meaning of a finish reason; some hosts report `stop` although there are calls.
 *
 * @internal
 */
export function chatFinish(raw: string, hasCalls: boolean, hasRefusal: boolean): Finish {
  if (raw === "length" || raw === "max_tokens") return "length";
  if (raw === "model_context_window_exceeded") return "context";
  if (raw === "content_filter" || raw === "refusal") return "refusal";
  if (hasCalls) return "tool-calls";
  if (hasRefusal) return "refusal";
  return raw === "stop" || raw === "end_turn" || raw === "eos" ? "stop" : "other";
}

function readCalls(rawCalls: readonly JsonRecord[], turns: readonly Turn[]): { calls: ToolCall[]; native: JsonRecord[] } {
  const idFor = callIds(turns);
  const read = rawCalls.map((raw) => {
    const fn = recordIn(raw, "function");
    const rawArguments = typeof fn["arguments"] === "string" ? fn["arguments"] : JSON.stringify(fn["arguments"] ?? {});
    const { args, replayText, keptText } = readArguments(rawArguments);
    const id = idFor(raw["id"]);
    const name = callName(fn["name"]);
    const call: ToolCall = { id, name, args, rawArguments: keptText };
    // Unknown fields inside a call stay: Google keeps its thought signatures there.
    return { call, native: { ...raw, id, type: "function", function: { ...fn, ...(name !== "" && { name }), arguments: replayText } } };
  });
  return { calls: read.map(({ call }) => call), native: read.map(({ native }) => native) };
}

/** Text of a message whose content is a string or a list of parts. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .filter(isRecord)
    .map((part) => stringIn(part, "text") ?? "")
    .join("");
}
