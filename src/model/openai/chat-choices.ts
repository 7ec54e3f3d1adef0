import { finishMeaning } from "../answer/finish.ts";
import { isRecord, type JsonRecord, recordsIn, stringIn } from "../json.ts";

/** All choices of an answer as the one message that they are, and the reason for its end. */
export type JoinedChoice = { readonly message: JsonRecord; readonly finishRaw: string; readonly repairs: readonly string[] };

/**
 * Joins the choices of a body to one message; null when there is none. Only one answer is ever asked for: bridges that send more put its text into one choice and its calls
 * into others. Where several have text, the first one's counts.
 */
export function joinedChoice(body: JsonRecord): JoinedChoice | null {
  const choices = recordsIn(body, "choices");
  const messages = choices.map(messageOf).filter((message) => message !== null);
  const [first, ...others] = messages;
  if (first === undefined) return null;
  const finishRaw = joinedFinish(choices);
  const calls = messages.flatMap(callsOf);
  const message: JsonRecord = { ...first, ...(calls.length > 0 && { tool_calls: withoutTwins(calls) }) };
  if (others.length === 0) return { message, finishRaw, repairs: [] };

  const spoken = messages.find(({ content }) => (typeof content === "string" ? content.trim() !== "" : Array.isArray(content)));
  const filled = Object.fromEntries(others.toReversed().flatMap((other) => Object.entries(other).filter(([, value]) => value != null)));
  const own = Object.fromEntries(Object.entries(message).filter(([, value]) => value != null && value !== ""));
  const joined = { ...filled, ...own, content: spoken?.["content"] ?? first["content"] ?? null };
  return { message: joined, finishRaw, repairs: [`the answer came in ${messages.length} choices, which were joined`] };
}

/** The message of a choice, also of one whose host answers in the form of a stream or of the older API for completions. */
function messageOf(choice: JsonRecord): JsonRecord | null {
  if (isRecord(choice["message"])) return choice["message"];
  if (isRecord(choice["delta"])) return choice["delta"];
  return typeof choice["text"] === "string" ? { content: choice["text"] } : null;
}

/** The calls of a message, the one in the older field too. */
function callsOf(message: JsonRecord): readonly JsonRecord[] {
  const calls = recordsIn(message, "tool_calls");
  const older = message["function_call"];
  return calls.length === 0 && isRecord(older) ? [{ type: "function", function: older }] : calls;
}

/** The calls without those that are there already under the same id, word for word. */
function withoutTwins(calls: readonly JsonRecord[]): readonly JsonRecord[] {
  const seen = new Set<string>();
  return calls.filter((call) => {
    const id = stringIn(call, "id") ?? "";
    const key = JSON.stringify([id, call["function"]]);
    if (id === "" || !seen.has(key)) {
      seen.add(key);
      return true;
    }
    return false;
  });
}

const WEIGHTY = new Set(["refusal", "length", "context", "tool-calls"]);

/** Of several reasons, one that says more than that the answer ended. */
function joinedFinish(choices: readonly JsonRecord[]): string {
  const reasons = choices.flatMap((choice) => stringIn(choice, "finish_reason") || []);
  return reasons.find((reason) => WEIGHTY.has(finishMeaning(reason) ?? "")) ?? reasons[0] ?? "";
}
