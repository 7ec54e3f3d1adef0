import type { ContentBlock } from "@anthropic-ai/sdk/resources/messages";
import type { Turn } from "../../core/model.ts";
import { anthropicId, plainIds, renamed, sendableName } from "../history/call-names.ts";
import { plainText } from "../history/well-formed.ts";
import { isRecord, type JsonRecord, stringIn } from "../json.ts";
import type { Rewriting } from "../protocol.ts";

/** Every kind of block that the API sends, all of which it takes back; the compiler checks that none of the SDK's is missing. */
const KINDS: Readonly<Record<ContentBlock["type"], true>> = {
  text: true,
  thinking: true,
  redacted_thinking: true,
  tool_use: true,
  server_tool_use: true,
  web_search_tool_result: true,
  web_fetch_tool_result: true,
  code_execution_tool_result: true,
  bash_code_execution_tool_result: true,
  text_editor_code_execution_tool_result: true,
  tool_search_tool_result: true,
  container_upload: true,
};
/** Kinds of Anthropic's beta API. */
const BETA_KINDS = ["mcp_tool_use", "mcp_tool_result", "compaction", "advisor_tool_result", "fallback"];
const KNOWN_KINDS = new Set([...Object.keys(KINDS), ...BETA_KINDS]);
const NO_TEXT = { type: "text", text: "(no text)" };

/** Blocks of the model's as they may go back, and what had to be changed in them. */
export type Sendable = { readonly blocks: readonly JsonRecord[]; readonly repairs: readonly string[] };

/** Makes the blocks of a turn valid for the API, and changes none that is: blank texts, names and ids of calls, blocks of a kind that does not come back. */
export function sendableBlocks(blocks: readonly JsonRecord[]): Sendable {
  const repairs: string[] = [];
  return { blocks: blocks.flatMap((block) => sendableBlock(block, repairs)), repairs };
}

function sendableBlock(block: JsonRecord, repairs: string[]): JsonRecord[] {
  const kind = stringIn(block, "type") ?? "none";
  const text = stringIn(block, "text");
  if (kind === "tool_use") return [sendableCall(block, repairs)];
  if (KNOWN_KINDS.has(kind) && kind !== "text") return [block];
  if (text === null || text.trim() === "") {
    if (kind !== "text") repairs.push(`a block of the kind "${kind.slice(0, 100)}" was left out`);
    else if (text !== null && text !== "") repairs.push("a blank text block was left out");
    return [];
  }
  if (kind === "text") return [block];
  repairs.push(`a block of the kind "${kind.slice(0, 100)}" was made text`);
  return [{ type: "text", text }];
}

function sendableCall(block: JsonRecord, repairs: string[]): JsonRecord {
  const name = sendableName(block["name"]);
  const id = anthropicId(stringIn(block, "id") ?? "");
  const input = isRecord(block["input"]) ? block["input"] : {};
  if (name !== block["name"]) repairs.push(renamed(block["name"], name));
  return name === block["name"] && id === block["id"] && input === block["input"] ? block : { ...block, id, name, input };
}

/** The turn as a message's content; a turn in which the model said nothing says so, because the API rejects an empty one. */
export function filledBlocks(native: unknown): readonly JsonRecord[] {
  const { blocks } = sendableBlocks(Array.isArray(native) ? native.filter(isRecord) : []);
  return blocks.length > 0 ? blocks : [NO_TEXT];
}

/** The ids of the calls of a turn, as they are stored. */
export function anthropicCallIds(native: unknown): readonly string[] {
  const blocks = Array.isArray(native) ? native.filter(isRecord) : [];
  return blocks.filter(({ type }) => type === "tool_use").map((block) => stringIn(block, "id") ?? "");
}

const ABOUT_THINKING = /thinking|signature/i;
const MISSES_THINKING = /expected [`'"]?(?:redacted_)?thinking|must start with a [`'"]?thinking|preceding the lastmost set/i;

/**
 * Writes the turns with the fields and kinds of block alone that the API's own reference has, and plain ids. Thinking goes back as it came, unless the provider's words
 * are about it and do not miss it.
 */
export function strictTurns(turns: readonly Turn[], { said }: Rewriting): Turn[] {
  const idFor = plainIds();
  const keepsThinking = !ABOUT_THINKING.test(said) || MISSES_THINKING.test(said);
  return turns.map((turn): Turn => {
    if (turn.kind === "user") return { kind: "user", text: plainText(turn.text) };
    if (turn.kind === "assistant") {
      const native = filledBlocks(turn.native).flatMap((block) => strictBlock(block, idFor, keepsThinking));
      return { ...turn, native: native.length > 0 ? native : [NO_TEXT] };
    }
    return {
      kind: "tool",
      results: turn.results.map((result) => ({ ...result, callId: idFor(anthropicId(result.callId)), text: plainText(result.text) })),
    };
  });
}

function strictBlock(block: JsonRecord, idFor: (id: string) => string, keepsThinking: boolean): JsonRecord[] {
  const { type, name, input, thinking, signature, data } = block;
  if (type === "text") return [{ type, text: plainText(stringIn(block, "text") ?? "") }];
  if (type === "tool_use") return [{ type, id: idFor(stringIn(block, "id") ?? ""), name, input }];
  if (!keepsThinking) return [];
  if (type === "thinking" && typeof signature === "string" && signature !== "") return [{ type, thinking: thinking ?? "", signature }];
  return type === "redacted_thinking" ? [{ type, data }] : [];
}
