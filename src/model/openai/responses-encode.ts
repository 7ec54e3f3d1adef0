import type { ModelRequest, ModelSpec, ToolSchema, Turn } from "../../core/model.ts";
import { pairedTurns } from "../history/paired-turns.ts";
import { wellFormed } from "../history/well-formed.ts";
import { isRecord, type JsonRecord } from "../json.ts";
import { isHost, type Rewriting } from "../protocol.ts";
import { shortKey } from "./chat-encode.ts";
import { responsesCallIds, sendableItems, strictItems } from "./responses-history.ts";

/**
 * Writes a request as a body of Responses. Nothing is stored at the provider: the whole conversation goes each time, the model's items as
 * they came where the API takes them, reasoning in its encrypted form; `rewriting` writes the items in their strictest form.
 */
export function encodeResponses(spec: ModelSpec, request: ModelRequest, rewriting?: Rewriting): JsonRecord {
  const turns = pairedTurns(request.turns, responsesCallIds);
  return {
    model: spec.model,
    instructions: request.system,
    input: wellFormed(rewriting === undefined ? turns.flatMap(itemsOf) : strictItems(turns, rewriting)),
    ...(request.tools.length > 0 && { tools: request.tools.map(responsesTool) }),
    ...(request.tools.length > 0 && spec.parallelToolCalls !== null && { parallel_tool_calls: spec.parallelToolCalls }),
    max_output_tokens: spec.maxOutputTokens,
    store: false,
    ...(reasons(spec) && { include: ["reasoning.encrypted_content"] }),
    ...(spec.temperature !== null && { temperature: spec.temperature }),
    ...(spec.reasoning !== null && { reasoning: spec.reasoning }),
    ...(spec.cache !== "off" && isHost(spec, "api.openai.com") && { prompt_cache_key: shortKey(request.cacheKey) }),
    ...(spec.stream && { stream: true }),
    ...spec.extraBody,
  };
}

/** Models that do not reason reject a request for their reasoning. */
function reasons(spec: ModelSpec): boolean {
  return spec.reasoning !== null || /^(o\d|gpt-([5-9]|\d\d))/.test(spec.model);
}

function itemsOf(turn: Turn): unknown[] {
  if (turn.kind === "user") return [{ type: "message", role: "user", content: turn.text }];
  if (turn.kind === "assistant") return [...sendableItems(Array.isArray(turn.native) ? turn.native.filter(isRecord) : []).items];
  return turn.results.map(({ callId, text }) => ({ type: "function_call_output", call_id: callId, output: text }));
}

/** `strict` must be stated: this API treats its absence as true. */
function responsesTool({ name, description, parameters }: ToolSchema): JsonRecord {
  return { type: "function", name, description, parameters, strict: false };
}
