import type { Finish, ToolCall, Turn } from "../../core/model.ts";
import { validBody } from "../answer/embedded-error.ts";
import { finishOf } from "../answer/finish.ts";
import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer, type Decoded } from "../protocol.ts";
import { callIds, callName, readInput } from "../tool-call.ts";
import { usageOf } from "../usage/read-usage.ts";
import { reportedCostIn } from "../usage/reported-cost.ts";
import { sendableParts } from "./history.ts";

/** Reads a body of generateContent. Throws BadAnswer for an error in disguise and for a body without an answer; a prompt that was blocked is a refusal. */
export function decodeGemini(raw: unknown, turns: readonly Turn[]): Decoded {
  const { body, repairs: textRepairs } = validBody(raw);
  const [candidate] = recordsIn(body, "candidates");
  const blocked = stringIn(recordIn(body, "promptFeedback"), "blockReason");
  if (candidate === undefined && blocked === null) throw new BadAnswer("no-candidates", "the body has no candidates");

  const content = recordsIn(recordIn(candidate ?? {}, "content"), "parts");
  const { calls, native, repairs: callRepairs } = readParts(content, turns);
  const { parts, repairs } = sendableParts(native);
  const finishRaw = stringIn(candidate ?? {}, "finishReason") ?? blocked ?? "";
  const finish: Finish = candidate === undefined ? "refusal" : finishOf(finishRaw, { hasCalls: calls.length > 0, hasRefusal: false });
  return {
    turn: {
      kind: "assistant",
      native: { role: "model", parts },
      view: {
        text: textOf(content, false),
        reasoning: textOf(content, true),
        refusal: finish === "refusal" ? (stringIn(candidate ?? {}, "finishMessage") ?? finishRaw) : null,
        calls,
      },
    },
    finish,
    finishRaw,
    usage: usageOf(body),
    reportedUsd: reportedCostIn(body),
    repairs: [...new Set([...textRepairs, ...callRepairs, ...repairs])],
    served: {
      model: stringIn(body, "modelVersion"),
      provider: stringIn(body, "provider"),
      responseId: stringIn(body, "responseId"),
      serviceTier: null,
    },
  };
}

function textOf(parts: readonly JsonRecord[], isThought: boolean): string {
  return parts
    .filter(({ thought }) => (thought === true) === isThought)
    .map((part) => stringIn(part, "text") ?? "")
    .join("");
}

type ReadParts = { readonly calls: ToolCall[]; readonly native: JsonRecord[]; readonly repairs: readonly string[] };

// Calls of older models have no ids: they get one, which stays here when the turn goes back.
function readParts(parts: readonly JsonRecord[], turns: readonly Turn[]): ReadParts {
  const idFor = callIds(turns);
  const calls: ToolCall[] = [];
  const repairs: string[] = [];
  const native = parts.map((part) => {
    const { functionCall } = part;
    if (!isRecord(functionCall)) return part;
    const { args, replay, keptText, repair } = readInput(functionCall["args"] ?? {});
    const id = idFor(functionCall["id"]);
    const name = callName(functionCall["name"]);
    calls.push({ id, name, args, rawArguments: keptText });
    if (repair !== null) repairs.push(`${name}: ${repair}`);
    return { ...part, functionCall: { ...functionCall, id, ...(name !== "" && { name }), args: replay } };
  });
  return { calls, native, repairs };
}
