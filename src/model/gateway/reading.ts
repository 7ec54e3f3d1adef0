import type { Opening } from "../../core/agent.ts";
import type { ToolResult } from "../../core/model.ts";
import { isRecord, type JsonRecord, recordIn, recordsIn, stringIn } from "../json.ts";
import { geminiResults } from "./gemini-calls.ts";
import type { ProgramApi } from "./route.ts";

/** What a request says to the model, for the record of the trial. */
export type Reading = {
  readonly opening: Opening;
  readonly hasTools: boolean;
  /** Whether the model has said anything before. */
  readonly isFirst: boolean;
  readonly results: readonly ToolResult[];
};

// A record is for readers: longer texts are cut. A request carries the whole conversation, and these are its beginning.
const MAX_SYSTEM_CHARS = 200_000;
const MAX_TURN_CHARS = 100_000;
const MAX_RESULT_CHARS = 100_000;
const MAX_RESULTS = 100;

/** Reads what a request says. Every request has the whole conversation: what is new in it comes after the model's last turn. */
export function readRequest(api: ProgramApi, body: JsonRecord): Reading {
  const items = itemsOf(api, body);
  const last = items.findLastIndex(isOfModel);
  const first = items.findIndex(isOfModel);
  const begun = first === -1 ? items : items.slice(0, first);
  const tools = Array.isArray(body["tools"]) ? body["tools"] : [];
  return {
    opening: {
      system: cut(
        [systemField(api, body), ...begun.filter(isSystem).map(textOf)].filter((text) => text !== "").join("\n\n"),
        MAX_SYSTEM_CHARS,
      ),
      firstTurns: begun.filter((item) => !isSystem(item)).map((item) => cut(textOf(item), MAX_TURN_CHARS)),
      tools: JSON.stringify(tools),
    },
    hasTools: tools.length > 0,
    isFirst: last === -1,
    results: (api === "gemini" ? geminiResults(items) : items.slice(last + 1).flatMap(resultsOf))
      .slice(0, MAX_RESULTS)
      .map((result) => ({ ...result, text: cut(result.text, MAX_RESULT_CHARS) })),
  };
}

/** The items of a conversation: messages, or what Responses and Gemini have in their place. */
export function itemsOf(api: ProgramApi, body: JsonRecord): readonly JsonRecord[] {
  if (api === "gemini") return recordsIn(body, "contents");
  if (api !== "openai-responses") return recordsIn(body, "messages");
  return typeof body["input"] === "string" ? [{ role: "user", content: body["input"] }] : recordsIn(body, "input");
}

function systemField(api: ProgramApi, body: JsonRecord): string {
  if (api === "openai-responses") return stringIn(body, "instructions") ?? "";
  if (api === "gemini") return contentText(recordIn(body, "systemInstruction")["parts"]);
  return api === "anthropic" ? contentText(body["system"]) : "";
}

/** The kinds of items of Responses that the model writes; messages say whose they are. */
const MODEL_ITEM = /^(?:reasoning|.{1,60}_call)$/;

function isOfModel(item: JsonRecord): boolean {
  return item["role"] === "assistant" || item["role"] === "model" || MODEL_ITEM.test(stringIn(item, "type") ?? "");
}

function isSystem(item: JsonRecord): boolean {
  return item["role"] === "system" || item["role"] === "developer";
}

function textOf(item: JsonRecord): string {
  return contentText(item["content"] ?? item["parts"]);
}

/** The text of a content, which is a text or a list of parts; other parts are named. */
function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts = content.filter(isRecord).map((part) => stringIn(part, "text") ?? `[${stringIn(part, "type") ?? "part"}]`);
  return parts.join("\n");
}

/** The results in an item: a tool's message, an output item, or the result blocks of a user's message. */
function resultsOf(item: JsonRecord): readonly ToolResult[] {
  if (item["role"] === "tool") return [resultFrom(stringIn(item, "tool_call_id"), item["content"])];
  if ((stringIn(item, "type") ?? "").endsWith("_output")) return [resultFrom(stringIn(item, "call_id"), item["output"])];
  const blocks = Array.isArray(item["content"]) ? item["content"].filter(isRecord) : [];
  return blocks
    .filter((block) => block["type"] === "tool_result")
    .map((block) => ({ ...resultFrom(stringIn(block, "tool_use_id"), block["content"]), isError: block["is_error"] === true }));
}

function resultFrom(callId: string | null, content: unknown): ToolResult {
  const text = typeof content === "string" || Array.isArray(content) ? contentText(content) : JSON.stringify(content ?? "");
  return { callId: callId ?? "", name: "", text, isError: false };
}

function cut(text: string, maxChars: number): string {
  return text.length <= maxChars
    ? text
    : `${text.slice(0, maxChars)}\n[${(text.length - maxChars).toLocaleString("en-US")} characters left out]`;
}
