import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { choiceError, validBody } from "../answer/embedded-error.ts";
import { finishOf } from "../answer/finish.ts";
import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readArguments } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { joinedChoice } from "./chat-choices.ts";
import { sendableMessage } from "./chat-history.ts";

/** Fields of a message that go back; other hosts reject some of the rest (`refusal: null`, `annotations`, `audio`). */
const REPLAYED = ["reasoning_content", "reasoning", "reasoning_text", "reasoning_details"];
/** Reasons that mean that the host gave up, in lower case, and what to say. */
const BROKEN_OFF: ReadonlyMap<string, string> = new Map([
  ["insufficient_system_resource", "the host ran out of resources while it answered"],
  ["network_error", "the host lost its model while it answered"],
  ["abort", "the host gave the answer up"],
  ["aborted", "the host gave the answer up"],
  ["cancelled", "the host gave the answer up"],
]);
const REASONING_TEXT = ["reasoning_content", "reasoning", "reasoning_text"];

/** Reads a body of Chat Completions. Throws BadAnswer for an error in disguise and for a body without an answer. */
export function decodeChat(raw: unknown, turns: readonly Turn[]): Decoded {
  const { body, repairs: textRepairs } = validBody(raw);
  const joined = joinedChoice(body);
  const failure =
    recordsIn(body, "choices")
      .map(choiceError)
      .find((found) => found !== null) ?? null;
  if (failure !== null || joined?.finishRaw.toLowerCase() === "error")
    throw new BadAnswer("error-finish", "the upstream failed while it answered", failure);
  if (joined === null) throw new BadAnswer("no-choices", "the body has no choices");
  const { message, finishRaw } = joined;
  const broken = BROKEN_OFF.get(finishRaw.toLowerCase());
  if (broken !== undefined) throw new BadAnswer(finishRaw.toLowerCase(), broken);

  const { calls, native: nativeCalls, repairs: callRepairs } = readCalls(recordsIn(message, "tool_calls"), turns);
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
    repairs: [...new Set([...textRepairs, ...joined.repairs, ...callRepairs, ...repairs])],
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
  return finishOf(raw, { hasCalls, hasRefusal });
}

type ReadCalls = { readonly calls: ToolCall[]; readonly native: JsonRecord[]; readonly repairs: readonly string[] };

function readCalls(rawCalls: readonly JsonRecord[], turns: readonly Turn[]): ReadCalls {
  const idFor = callIds(turns);
  const read = rawCalls.map((raw) => {
    const fn = recordIn(raw, "function");
    const rawArguments = typeof fn["arguments"] === "string" ? fn["arguments"] : JSON.stringify(fn["arguments"] ?? {});
    const { args, replayText, keptText, repair } = readArguments(rawArguments);
    const id = idFor(raw["id"]);
    const name = callName(fn["name"]);
    const call: ToolCall = { id, name, args, rawArguments: keptText };
    // Unknown fields inside a call stay: Google keeps its thought signatures there.
    return {
      call,
      native: { ...raw, id, type: "function", function: { ...fn, ...(name !== "" && { name }), arguments: replayText } },
      repair,
    };
  });
  const repairs = read.flatMap(({ call, repair }) => (repair === null ? [] : `${call.name}: ${repair}`));
  return { calls: read.map(({ call }) => call), native: read.map(({ native }) => native), repairs };
}

/** Text of a message whose content is a string or a list of parts. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: unknown) => (typeof part === "string" ? part : isRecord(part) ? (stringIn(part, "text") ?? "") : "")).join("");
}
