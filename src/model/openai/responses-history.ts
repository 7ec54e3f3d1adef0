import type { Turn } from "../../core/model.ts";
import { plainIds, renamed, sendableName } from "../history/call-names.ts";
import { plainText, wellFormedJson } from "../history/well-formed.ts";
import { isRecord, type JsonRecord, recordsIn, stringIn } from "../json.ts";
import type { Rewriting } from "../protocol.ts";

/** Kinds of item that come back as they are; the last ones are complete in themselves, because the host ran what they called. */
const KNOWN_KINDS = new Set([
  "message",
  "reasoning",
  "function_call",
  "compaction",
  "program",
  "program_output",
  "tool_search_call",
  "tool_search_output",
  "additional_tools",
  "web_search_call",
  "file_search_call",
  "code_interpreter_call",
  "image_generation_call",
  "mcp_call",
  "mcp_list_tools",
]);
/** Kinds that need a result, which only the host's own output item can be: nothing of ours answers them. */
const RESULT_OF: ReadonlyMap<string, string> = new Map([
  ["shell_call", "shell_call_output"],
  ["local_shell_call", "local_shell_call_output"],
  ["apply_patch_call", "apply_patch_call_output"],
  ["computer_call", "computer_call_output"],
  ["custom_tool_call", "custom_tool_call_output"],
]);

/** Items of the model's as they may go back, and what had to be changed in them. */
export type Sendable = { readonly items: readonly JsonRecord[]; readonly repairs: readonly string[] };

/** Makes the items of a turn valid for the API, and changes none that is: names of tools, parts and items of a kind that does not come back, calls that nothing answers. */
export function sendableItems(items: readonly JsonRecord[]): Sendable {
  const repairs: string[] = [];
  const sent = items.flatMap((item) => {
    const kind = stringIn(item, "type") ?? "none";
    if (kind === "function_call") return [sendableCall(item, repairs)];
    if (kind === "message") return sendableItem(item, repairs);
    if (KNOWN_KINDS.has(kind) || isPaired(item, items)) return [item];
    repairs.push(`an item of the kind "${kind.slice(0, 100)}" was left out`);
    return [];
  });
  return { items: sent, repairs };
}

/** Checks whether an item and the result of its call stand together among the items. */
function isPaired(item: JsonRecord, items: readonly JsonRecord[]): boolean {
  const kind = stringIn(item, "type") ?? "";
  const partner = RESULT_OF.get(kind) ?? [...RESULT_OF].find(([, result]) => result === kind)?.[0];
  const callId = stringIn(item, "call_id");
  return partner !== undefined && callId !== null && items.some((other) => other["type"] === partner && other["call_id"] === callId);
}

function sendableCall(item: JsonRecord, repairs: string[]): JsonRecord {
  const name = sendableName(item["name"]);
  const args = wellFormedJson(stringIn(item, "arguments") ?? "{}");
  if (name !== item["name"]) repairs.push(renamed(item["name"], name));
  return name === item["name"] && args === item["arguments"] ? item : { ...item, name, arguments: args };
}

/** A message without content says nothing and is rejected. */
function sendableItem(item: JsonRecord, repairs: string[]): JsonRecord[] {
  const content = item["content"];
  if (typeof content === "string") return [item];
  const parts: JsonRecord[] = Array.isArray(content) ? content.filter(isRecord) : [];
  const kept = parts.flatMap((part) => {
    if (part["type"] === "output_text" || part["type"] === "refusal") return [part];
    const text = stringIn(part, "text");
    const kind = (stringIn(part, "type") ?? "none").slice(0, 100);
    repairs.push(text === null ? `a part of the kind "${kind}" was left out` : `a part of the kind "${kind}" was made text`);
    return text === null ? [] : [{ type: "output_text", text, annotations: [] }];
  });
  if (kept.length === 0) return [];
  return Array.isArray(content) && kept.length === content.length && kept.every((part, index) => part === content[index])
    ? [item]
    : [{ ...item, content: kept }];
}

/** The ids of the calls of a turn. */
export function responsesCallIds(native: unknown): readonly string[] {
  const items = Array.isArray(native) ? native.filter(isRecord) : [];
  return items.filter(({ type }) => type === "function_call").map((item) => stringIn(item, "call_id") ?? "");
}

const ASKS_FOR_REASONING = /required ['"`]?reasoning|reasoning['"`]? item/i;

/** Writes the turns with messages and calls alone, in the fields that the API's own reference has, and plain ids; reasoning stays where the provider's words miss it. */
export function strictItems(turns: readonly Turn[], { said }: Rewriting): JsonRecord[] {
  const idFor = plainIds();
  const keepsReasoning = ASKS_FOR_REASONING.test(said) && /without|missing|required/i.test(said);
  return turns.flatMap((turn): JsonRecord[] => {
    if (turn.kind === "user") return [{ type: "message", role: "user", content: plainText(turn.text) }];
    if (turn.kind === "assistant") {
      const native = Array.isArray(turn.native) ? turn.native.filter(isRecord) : [];
      return sendableItems(native).items.flatMap((item) => strictItem(item, idFor, keepsReasoning));
    }
    return turn.results.map(({ callId, text }) => ({ type: "function_call_output", call_id: idFor(callId), output: plainText(text) }));
  });
}

function strictItem(item: JsonRecord, idFor: (id: string) => string, keepsReasoning: boolean): JsonRecord[] {
  const { type, name } = item;
  if (type === "reasoning") return keepsReasoning ? [item] : [];
  if (type === "function_call") {
    const text = plainText(stringIn(item, "arguments") ?? "{}");
    return [{ type, call_id: idFor(stringIn(item, "call_id") ?? ""), name, arguments: text }];
  }
  if (type !== "message") return [];
  const said =
    stringIn(item, "content") ??
    recordsIn(item, "content")
      .map((part) => stringIn(part, "text") ?? stringIn(part, "refusal") ?? "")
      .join("");
  return said.trim() === "" ? [] : [{ type, role: "assistant", content: plainText(said) }];
}
