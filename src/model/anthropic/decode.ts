import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { anthropicId } from "../history/call-names.ts";
import { isRecord, isTooDeep, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readInput } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { sendableBlocks } from "./history.ts";

const FINISH: ReadonlyMap<string, Finish> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["tool_use", "tool-calls"],
  ["pause_turn", "pause"],
  ["refusal", "refusal"],
  ["content_filter", "refusal"],
  ["model_context_window_exceeded", "context"],
]);

/** Reads a body of Anthropic Messages. Throws BadAnswer for an error in disguise and for a body that is not a message. */
export function decodeAnthropic(body: unknown, turns: readonly Turn[]): Decoded {
  if (!isRecord(body)) throw new BadAnswer("no-answer", "the body is not a JSON object");
  if (isTooDeep(body)) throw new BadAnswer("too-deep", "the body is nested too deep to be kept");
  if (isRecord(body["error"])) throw new BadAnswer("error-in-success", "an error with a success status", body["error"]);
  if (!Array.isArray(body["content"])) throw new BadAnswer("no-content", "the body has no content");

  const blocks = recordsIn(body, "content");
  const { calls, native } = readBlocks(blocks, turns);
  const { blocks: sendable, repairs } = sendableBlocks(native);
  const finishRaw = stringIn(body, "stop_reason") ?? "";
  const finish = anthropicFinish(finishRaw, calls.length > 0);
  const usage = recordIn(body, "usage");
  const view = {
    text: textsOf(blocks, "text", "text").join(""),
    reasoning: textsOf(blocks, "thinking", "thinking").join("\n"),
    refusal: finish === "refusal" ? refusalText(recordIn(body, "stop_details")) : null,
    calls,
  };
  return {
    turn: { kind: "assistant", native: sendable, view },
    finish,
    finishRaw,
    usage: usageOf(body),
    reportedUsd: reportedCostIn(body),
    repairs: [...new Set(repairs)],
    served: {
      model: stringIn(body, "model"),
      provider: stringIn(body, "provider"),
      responseId: stringIn(body, "id"),
      // A faster speed has a separate price, as a tier does.
      serviceTier: usage["speed"] === "fast" ? "fast" : stringIn(usage, "service_tier"),
    },
  };
}

/** The meaning of a stop reason; an unknown one with calls counts as tool calls. */
function anthropicFinish(raw: string, hasCalls: boolean): Finish {
  const known = FINISH.get(raw);
  if (known === "tool-calls" || known === "stop") return hasCalls ? "tool-calls" : raw === "tool_use" ? "other" : "stop";
  return known ?? (hasCalls ? "tool-calls" : "other");
}

function readBlocks(blocks: readonly JsonRecord[], turns: readonly Turn[]): { calls: ToolCall[]; native: JsonRecord[] } {
  const idFor = callIds(turns);
  const calls: ToolCall[] = [];
  const native = blocks.map((block) => {
    if (block["type"] !== "tool_use") return block;
    const { args, replay, keptText } = readInput(block["input"]);
    const id = idFor(typeof block["id"] === "string" ? anthropicId(block["id"]) : null);
    const name = callName(block["name"]);
    calls.push({ id, name, args, rawArguments: keptText });
    return { ...block, id, ...(name !== "" && { name }), input: replay };
  });
  return { calls, native };
}

function textsOf(blocks: readonly JsonRecord[], type: string, field: string): string[] {
  return blocks.filter((block) => block["type"] === type).map((block) => stringIn(block, field) ?? "");
}

function refusalText(details: JsonRecord): string {
  const said = [stringIn(details, "category"), stringIn(details, "explanation")].filter((text) => text !== null);
  return said.join(": ") || "the model refused";
}
