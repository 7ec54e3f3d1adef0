import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { validBody } from "../answer/embedded-error.ts";
import { finishMeaning } from "../answer/finish.ts";
import { type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readArguments } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { sendableItems } from "./responses-history.ts";

/** Reads a body of Responses. Throws BadAnswer for a response that failed and for a body that is not one. */
export function decodeResponses(raw: unknown, turns: readonly Turn[]): Decoded {
  const { body, repairs: textRepairs } = validBody(raw);
  const status = stringIn(body, "status");
  if (!Array.isArray(body["output"])) throw new BadAnswer("no-output", "the body has no output");
  const isAnswer = status === null || status === "completed" || status === "incomplete" || isFilterFailure(body);
  if (!isAnswer) throw new BadAnswer(`status-${status}`, `the response is ${status} without a reason`);

  const { calls, native, repairs: callRepairs } = readItems(recordsIn(body, "output"), turns);
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
    repairs: [...new Set([...textRepairs, ...callRepairs, ...repairs])],
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
  const meaning = reason === null ? null : finishMeaning(reason);
  if (meaning === "refusal" || status === "failed") return "refusal";
  if (meaning === "context") return "context";
  if (meaning === "length" || (status === "incomplete" && reason === null)) return "length";
  if (hasCalls) return "tool-calls";
  if (hasRefusal) return "refusal";
  return status === "incomplete" ? "other" : "stop";
}

/** Some hosts report a filtered answer as failed, with the reason where an incomplete one has it. */
function isFilterFailure(body: JsonRecord): boolean {
  return body["status"] === "failed" && finishMeaning(stringIn(recordIn(body, "incomplete_details"), "reason") ?? "") === "refusal";
}

type ReadItems = { readonly calls: ToolCall[]; readonly native: JsonRecord[]; readonly repairs: readonly string[] };

/** The items that go back: without ids, which name things the provider did not store, and without what only describes this response. */
function readItems(items: readonly JsonRecord[], turns: readonly Turn[]): ReadItems {
  const idFor = callIds(turns);
  const calls: ToolCall[] = [];
  const repairs: string[] = [];
  const native = items.map((item) => {
    const { id: _id, status: _status, ...kept } = item;
    if (item["type"] !== "function_call") return kept;
    const given = item["arguments"];
    const rawArguments = typeof given === "string" ? given : JSON.stringify(given ?? {});
    const { args, replayText, keptText, repair } = readArguments(rawArguments);
    const callId = idFor(item["call_id"] ?? item["id"]);
    const name = callName(item["name"]);
    calls.push({ id: callId, name, args, rawArguments: keptText });
    if (repair !== null) repairs.push(`${name}: ${repair}`);
    return { ...kept, call_id: callId, ...(name !== "" && { name }), arguments: replayText };
  });
  return { calls, native, repairs };
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
