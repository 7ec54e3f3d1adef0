import type { ToolCall, Turn } from "../../core/model.ts";
import { validBody } from "../answer/embedded-error.ts";
import { finishOf } from "../answer/finish.ts";
import { anthropicId } from "../history/call-names.ts";
import { type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readInput } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { sendableBlocks } from "./history.ts";

/** Reads a body of Anthropic Messages. Throws BadAnswer for an error in disguise and for a body that is not a message. */
export function decodeAnthropic(raw: unknown, turns: readonly Turn[]): Decoded {
  const { body, repairs: textRepairs } = validBody(raw);
  if (!Array.isArray(body["content"])) throw new BadAnswer("no-content", "the body has no content");

  const blocks = recordsIn(body, "content");
  const { calls, native, repairs: callRepairs } = readBlocks(blocks, turns);
  const { blocks: sendable, repairs } = sendableBlocks(native);
  const finishRaw = stringIn(body, "stop_reason") ?? "";
  const finish = finishOf(finishRaw, { hasCalls: calls.length > 0, hasRefusal: false });
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
    repairs: [...new Set([...textRepairs, ...callRepairs, ...repairs])],
    served: {
      model: stringIn(body, "model"),
      provider: stringIn(body, "provider"),
      responseId: stringIn(body, "id"),
      // A faster speed has a separate price, as a tier does.
      serviceTier: usage["speed"] === "fast" ? "fast" : stringIn(usage, "service_tier"),
    },
  };
}

type ReadBlocks = { readonly calls: ToolCall[]; readonly native: JsonRecord[]; readonly repairs: readonly string[] };

function readBlocks(blocks: readonly JsonRecord[], turns: readonly Turn[]): ReadBlocks {
  const idFor = callIds(turns);
  const calls: ToolCall[] = [];
  const repairs: string[] = [];
  const native = blocks.map((block) => {
    if (block["type"] !== "tool_use") return block;
    const { args, replay, keptText, repair } = readInput(block["input"]);
    const id = idFor(typeof block["id"] === "string" ? anthropicId(block["id"]) : null);
    const name = callName(block["name"]);
    calls.push({ id, name, args, rawArguments: keptText });
    if (repair !== null) repairs.push(`${name}: ${repair}`);
    return { ...block, id, ...(name !== "" && { name }), input: replay };
  });
  return { calls, native, repairs };
}

function textsOf(blocks: readonly JsonRecord[], type: string, field: string): string[] {
  return blocks.filter((block) => block["type"] === type).map((block) => stringIn(block, field) ?? "");
}

function refusalText(details: JsonRecord): string {
  const said = [stringIn(details, "category"), stringIn(details, "explanation")].filter((text) => text !== null);
  return said.join(": ") || "the model refused";
}
