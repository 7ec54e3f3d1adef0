import type { Turn } from "../../core/model.ts";
import { plainIds, renamed, sendableName } from "../history/call-names.ts";
import { plainText, wellFormedJson } from "../history/well-formed.ts";
import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import type { Rewriting } from "../protocol.ts";

/** Stands where the model said nothing: hosts reject a turn that is empty. */
const NO_TEXT = "(no text)";
/** Parts of the model's that come back to it: OpenAI's, and those of Mistral's models that reason. */
const KNOWN_PARTS = new Set(["text", "refusal", "thinking", "reference"]);

/** A message of the model's as it may go back, and what had to be changed in it. */
export type Sendable = { readonly message: JsonRecord; readonly repairs: readonly string[] };

/** Makes a message of the model's valid for the API, and changes nothing where it is: names of tools, parts of a kind that does not come back, blank parts. */
export function sendableMessage(message: JsonRecord): Sendable {
  const repairs: string[] = [];
  const content = sendableContent(message["content"], repairs);
  const calls = recordsIn(message, "tool_calls").map((call) => sendableCall(call, repairs));
  const isSame = content === message["content"] && calls.every((call, index) => call === recordsIn(message, "tool_calls")[index]);
  return { message: isSame ? message : { ...message, content, ...(calls.length > 0 && { tool_calls: calls }) }, repairs };
}

function sendableContent(content: unknown, repairs: string[]): unknown {
  if (content === null || content === undefined || typeof content === "string") return content;
  if (!Array.isArray(content)) {
    repairs.push("a content that is neither text nor parts was left out");
    return isRecord(content) ? stringIn(content, "text") : null;
  }
  const parts = content.flatMap((part: unknown) => sendablePart(part, repairs));
  if (parts.length === content.length && parts.every((part, index) => part === content[index])) return content.length > 0 ? content : null;
  return parts.length > 0 ? parts : null;
}

function sendablePart(part: unknown, repairs: string[]): unknown[] {
  const text = typeof part === "string" ? part : isRecord(part) ? stringIn(part, "text") : null;
  const kind = isRecord(part) ? (stringIn(part, "type")?.slice(0, 100) ?? null) : "text";
  if (kind !== null && kind !== "text" && KNOWN_PARTS.has(kind)) return [part];
  if (text !== null && text.trim() === "") {
    repairs.push("a blank text part was left out");
    return [];
  }
  if (isRecord(part) && kind === "text" && text !== null) return [part];
  repairs.push(
    text === null ? `a part of the kind "${kind ?? "none"}" was left out` : `a part of the kind "${kind ?? "none"}" was made text`,
  );
  return text === null ? [] : [{ type: "text", text }];
}

function sendableCall(call: JsonRecord, repairs: string[]): JsonRecord {
  const fn = recordIn(call, "function");
  const name = sendableName(fn["name"]);
  const args = wellFormedJson(stringIn(fn, "arguments") ?? "{}");
  if (name !== fn["name"]) repairs.push(renamed(fn["name"], name));
  return name === fn["name"] && args === fn["arguments"] ? call : { ...call, function: { ...fn, name, arguments: args } };
}

/** The ids of the calls of a message. */
export function chatCallIds(native: unknown): readonly string[] {
  return isRecord(native) ? recordsIn(native, "tool_calls").map((call) => stringIn(call, "id") ?? "") : [];
}

/** How content that is missing beside calls is written: most hosts send and take null; many local servers send it and take only an empty text. */
export type NoContent = null | "";

/** Gives a turn of the model's as a message that every host takes: an empty one says that there is no text. */
export function filledMessage(native: unknown, noContent: NoContent): JsonRecord {
  const { message } = sendableMessage(isRecord(native) ? native : { role: "assistant", content: null });
  const hasCalls = recordsIn(message, "tool_calls").length > 0;
  const content = message["content"];
  if (hasCalls) return content === null && noContent === "" ? { ...message, content: "" } : message;
  const isEmpty = content === null || content === undefined || (typeof content === "string" && content.trim() === "");
  return isEmpty ? { ...message, content: NO_TEXT } : message;
}

/** Writes turns in the strictest form of Chat Completions, which is what OpenAI's own reference has, and what the provider's words ask for. */
export function strictMessages(turns: readonly Turn[], { said }: Rewriting): JsonRecord[] {
  const idFor = plainIds();
  return turns.flatMap((turn): JsonRecord[] => {
    if (turn.kind === "user") return [{ role: "user", content: plainText(turn.text) }];
    if (turn.kind === "assistant") return [strictMessage(turn, idFor, said)];
    return turn.results.map(({ callId, text }) => ({ role: "tool", tool_call_id: idFor(callId), content: plainText(text) }));
  });
}

const NAMES_REASONING = /reasoning_content/i;
/** Words of hosts that refuse a field, whatever else they say of it. */
const REFUSES_FIELD =
  /not permitted|extra_forbidden|forbidden|not (?:supported|allowed|recognized|a valid)|unsupported|unrecognized|unknown|unexpected|additional propert/i;
const ASKS_FOR_SIGNATURE = /thought_signature/i;
const WANTS_NO_EMPTY_TEXT = /non-?empty|must not be (?:empty|blank)|cannot be (?:empty|blank)|is (?:empty|blank)|empty (?:content|text)/i;
/** Google's own word for a call whose signature is lost. */
const SIGNATURE = { google: { thought_signature: "skip_thought_signature_validator" } };

function strictMessage(turn: Extract<Turn, { kind: "assistant" }>, idFor: (id: string) => string, said: string): JsonRecord {
  const native = isRecord(turn.native) ? turn.native : {};
  const text = plainText(turn.view.text).trim();
  const calls = recordsIn(sendableMessage(native).message, "tool_calls").map((call, index) => {
    const fn = recordIn(call, "function");
    return {
      id: idFor(stringIn(call, "id") ?? ""),
      type: "function",
      function: { name: fn["name"], arguments: plainText(stringIn(fn, "arguments") ?? "{}") },
      ...(ASKS_FOR_SIGNATURE.test(said) &&
        index === 0 && { extra_content: recordIn(call, "extra_content")["google"] ? call["extra_content"] : SIGNATURE }),
    };
  });
  const missing = WANTS_NO_EMPTY_TEXT.test(said) ? null : "";
  return {
    role: "assistant",
    content: text !== "" ? text : calls.length > 0 ? missing : NO_TEXT,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(asksForReasoning(said) && { reasoning_content: stringIn(native, "reasoning_content") ?? turn.view.reasoning }),
  };
}

function asksForReasoning(said: string): boolean {
  return NAMES_REASONING.test(said) && !REFUSES_FIELD.test(said);
}
