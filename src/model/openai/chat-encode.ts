import { createHash } from "node:crypto";
import type { ModelRequest, ModelSpec, ToolSchema, Turn } from "../../core/model.ts";
import { pairedTurns } from "../history/paired-turns.ts";
import { wellFormed } from "../history/well-formed.ts";
import type { JsonRecord } from "../json.ts";
import { isHost, isLocal, type Rewriting } from "../protocol.ts";
import { chatCallIds, filledMessage, type NoContent, strictMessages } from "./chat-history.ts";

const OLLAMA_PORT = /:11434(\/|$)/;
const MAX_CACHE_KEY = 64;

/**
 * Writes a request as a body of Chat Completions. The model's turns are sent back unchanged where the API takes them; `rewriting` writes them in their strictest form.
 * `strict` is left out: false is its default, and not every host knows it.
 */
export function encodeChat(spec: ModelSpec, request: ModelRequest, rewriting?: Rewriting): JsonRecord {
  const marks = rewriting === undefined ? cacheMark(spec) : null;
  const turns = pairedTurns(request.turns, chatCallIds);
  // LM Studio, llama.cpp and llama-cpp-python have sent null and refused it; all of them take an empty text for the same.
  const style: Style = { marks, noContent: isLocal(spec) ? "" : null };
  const messages = [
    { role: spec.systemRole, content: content(request.system, marks) },
    ...(rewriting === undefined ? turns.flatMap((turn) => messagesOf(turn, style)) : strictMessages(turns, rewriting)),
  ] as readonly Message[];
  return {
    model: spec.model,
    messages: wellFormed(marks === null ? messages : withLastMarked(messages, marks)),
    ...(request.tools.length > 0 && { tools: request.tools.map(chatTool) }),
    ...(request.tools.length > 0 && spec.parallelToolCalls !== null && { parallel_tool_calls: spec.parallelToolCalls }),
    [spec.maxTokensField]: spec.maxOutputTokens,
    ...(spec.temperature !== null && { temperature: spec.temperature }),
    ...reasoningFields(spec),
    ...(spec.cache !== "off" && isHost(spec, "api.openai.com") && { prompt_cache_key: shortKey(request.cacheKey) }),
    ...(spec.stream && { stream: true, stream_options: { include_usage: true } }),
    ...spec.extraBody,
  };
}

/** Makes a cache key that OpenAI accepts: at most 64 characters, the same for the same key. */
export function shortKey(cacheKey: string): string {
  return cacheKey.length <= MAX_CACHE_KEY ? cacheKey : createHash("sha256").update(cacheKey).digest("hex");
}

type CacheMark = { readonly cache_control: JsonRecord };
type TextPart = { readonly type: "text"; readonly text: string };
type Message = { readonly role: string; readonly content?: unknown };
type Style = { readonly marks: CacheMark | null; readonly noContent: NoContent };

/** Anthropic's models behind OpenRouter cache only what is marked. */
function cacheMark(spec: ModelSpec): CacheMark | null {
  if (!isHost(spec, "openrouter.ai") || !spec.model.startsWith("anthropic/") || spec.cache === "off") return null;
  return { cache_control: spec.cache === "auto" ? { type: "ephemeral" } : { type: "ephemeral", ttl: spec.cache } };
}

/** Where marks are used every text is a part, so that a mark that moves on leaves the text before it as it was. */
function content(text: string, marks: CacheMark | null): string | TextPart[] {
  return marks === null ? text : [{ type: "text", text }];
}

function messagesOf(turn: Turn, { marks, noContent }: Style): unknown[] {
  if (turn.kind === "user") return [{ role: "user", content: content(turn.text, marks) }];
  if (turn.kind === "assistant") return [filledMessage(turn.native, noContent)];
  return turn.results.map(({ callId, text }) => ({ role: "tool", tool_call_id: callId, content: content(text, marks) }));
}

/** Marks the system message, which all requests share, and the last message from the harness. */
function withLastMarked(messages: readonly Message[], mark: CacheMark): Message[] {
  const last = messages.findLastIndex(({ role }) => role !== "assistant");
  return messages.map((message, index) => {
    if (index !== 0 && index !== last) return message;
    const parts = message.content as readonly TextPart[];
    return { ...message, content: parts.map((part, position) => (position === parts.length - 1 ? { ...part, ...mark } : part)) };
  });
}

function chatTool({ name, description, parameters }: ToolSchema): JsonRecord {
  return { type: "function", function: { name, description, parameters } };
}

/** A bare effort has a separate field; OpenRouter and Ollama take the object, and so does every host that is sent more than an effort. */
function reasoningFields(spec: ModelSpec): JsonRecord {
  if (spec.reasoning === null) return {};
  const isBareEffort = Object.keys(spec.reasoning).join() === "effort";
  const takesObject = isHost(spec, "openrouter.ai") || OLLAMA_PORT.test(spec.baseUrl);
  return isBareEffort && !takesObject ? { reasoning_effort: spec.reasoning["effort"] } : { reasoning: spec.reasoning };
}
