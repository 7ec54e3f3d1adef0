import type { ModelRequest, ModelSpec, ToolSchema, Turn } from "../../core/model.ts";
import { anthropicId } from "../history/call-names.ts";
import { pairedTurns } from "../history/paired-turns.ts";
import { wellFormed } from "../history/well-formed.ts";
import { isRecord, type JsonRecord } from "../json.ts";
import { isHost, type Rewriting } from "../protocol.ts";
import { anthropicCallIds, filledBlocks, strictTurns } from "./history.ts";

type Block = JsonRecord;
type Message = { readonly role: "user" | "assistant"; readonly content: readonly Block[] };

/**
 * Writes a request as a body of Anthropic Messages. The model's blocks are sent back unchanged where the API takes them, and `rewriting` writes them in their strictest
 * form; results come first in the user turn that holds them.
 */
export function encodeAnthropic(spec: ModelSpec, request: ModelRequest, rewriting?: Rewriting): JsonRecord {
  const mark = cacheMark(spec);
  const turns = pairedTurns(request.turns, anthropicCallIds);
  const messages = wellFormed(joined((rewriting === undefined ? turns : strictTurns(turns, rewriting)).map(messageOf)));
  // The mark of the whole request moves on by itself; hosts that only resemble Anthropic may not know it.
  const marksItself = mark !== null && isHost(spec, "api.anthropic.com");
  return {
    model: spec.model,
    max_tokens: spec.maxOutputTokens,
    ...(marksItself && { cache_control: mark }),
    // Without a mark it is a plain text: LiteLLM passes parts on, and llama-cpp-python behind it takes none in a system message.
    system: mark === null ? request.system : [{ type: "text", text: request.system, cache_control: mark }],
    messages: mark !== null && !marksItself ? withLastMarked(messages, mark) : messages,
    ...toolFields(spec, request.tools, mark),
    ...(spec.temperature !== null && { temperature: spec.temperature }),
    ...reasoningFields(spec),
    ...(spec.stream && { stream: true }),
    ...spec.extraBody,
  };
}

function cacheMark(spec: ModelSpec): JsonRecord | null {
  if (spec.cache === "off") return null;
  return spec.cache === "auto" ? { type: "ephemeral" } : { type: "ephemeral", ttl: spec.cache };
}

function toolFields(spec: ModelSpec, tools: readonly ToolSchema[], mark: JsonRecord | null): JsonRecord {
  if (tools.length === 0) return {};
  const schemas = tools.map(({ name, description, parameters }, index) => ({
    name,
    description,
    input_schema: parameters,
    ...(mark && index === tools.length - 1 && { cache_control: mark }),
  }));
  return { tools: schemas, ...(spec.parallelToolCalls === false && { tool_choice: { type: "auto", disable_parallel_tool_use: true } }) };
}

/** An effort brings adaptive thinking with it, a budget the older fixed kind; everything else is sent unchanged. */
function reasoningFields(spec: ModelSpec): JsonRecord {
  if (spec.reasoning === null) return {};
  const { effort, budget_tokens, thinking, output_config, ...rest } = spec.reasoning;
  const implied =
    budget_tokens !== undefined ? { type: "enabled", budget_tokens } : effort !== undefined ? { type: "adaptive" } : undefined;
  const config = { ...(isRecord(output_config) && output_config), ...(effort !== undefined && { effort }) };
  return {
    ...((thinking ?? implied) !== undefined && { thinking: thinking ?? implied }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...rest,
  };
}

function messageOf(turn: Turn): Message {
  if (turn.kind === "user") return { role: "user", content: [{ type: "text", text: turn.text }] };
  if (turn.kind === "assistant") return { role: "assistant", content: filledBlocks(turn.native) };
  const results = turn.results.map(({ callId, text, isError }) => ({
    type: "tool_result",
    tool_use_id: anthropicId(callId),
    content: text,
    ...(isError && { is_error: true }),
  }));
  return { role: "user", content: results };
}

/** Joins neighbours of one role, as the API itself would; hosts with a similar API may reject them separately. */
function joined(messages: readonly Message[]): Message[] {
  const result: Message[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last?.role === message.role) result[result.length - 1] = { role: last.role, content: [...last.content, ...message.content] };
    else result.push(message);
  }
  return result;
}

function withLastMarked(messages: readonly Message[], mark: JsonRecord): Message[] {
  const lastIndex = messages.findLastIndex(({ role }) => role === "user");
  return messages.map((message, index) => {
    if (index !== lastIndex) return message;
    const lastBlock = message.content.length - 1;
    return { ...message, content: message.content.map((block, at) => (at === lastBlock ? { ...block, cache_control: mark } : block)) };
  });
}
