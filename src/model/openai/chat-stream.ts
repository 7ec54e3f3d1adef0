import { Held } from "../answer/bounded-answer.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";
import { BadAnswer } from "../protocol.ts";
import { StreamedUsage } from "../usage/usage-record.ts";
import { CallPieces } from "./call-pieces.ts";

type Growing = Record<string, unknown>;

/** Fields of a delta that an answer is read from: their pieces are joined where they are texts. */
const JOINED = ["content", "refusal", "reasoning_content", "reasoning", "reasoning_text"];
const KEPT = new Set(["id", "model", "provider", "service_tier", "error"]);
const MAX_CHOICES = 16;

/**
 * Puts the chunks of a streamed Chat Completion together to the body it would have had unstreamed, with all its choices. An answer without a finish reason counts as whole
 * when the stream itself ended as it should: `isDone` tells whether its end mark came; a last chunk with nothing but the usage is one too. Throws BadAnswer for a stream that
 * ended early, OverBound for one that holds more than an answer may.
 */
export async function collectChat(chunks: AsyncIterable<unknown>, isDone: () => boolean = () => false): Promise<JsonRecord> {
  const body: Growing = { object: "chat.completion" };
  const choices = new Map<number, StreamedChoice>();
  const held = new Held();
  const usage = new StreamedUsage();
  let endsWithUsage = false;

  for await (const chunk of chunks) {
    if (!isRecord(chunk)) continue;
    usage.add(chunk);
    for (const [field, value] of Object.entries(chunk)) if (KEPT.has(field) && value !== undefined && value !== null) body[field] = value;
    const brought = recordsIn(chunk, "choices").flatMap((raw) => addTo(choices, raw));
    held.add(brought);
    endsWithUsage = isRecord(chunk["usage"]) && brought.length === 0;
  }
  const gathered = [...choices.entries()].toSorted(([a], [b]) => a - b);
  if (body["error"] === undefined) checkEnd([...choices.values()], isDone() || endsWithUsage);
  return { ...body, ...usage.field(), choices: gathered.map(([index, choice]) => ({ index, ...choice.body() })) };
}

/** Adds what a chunk holds of a choice to it, and returns what it brought. */
function addTo(choices: Map<number, StreamedChoice>, raw: JsonRecord): readonly unknown[] {
  const index = Math.min(numberIn(raw, "index") ?? 0, MAX_CHOICES);
  const choice = choices.get(index) ?? new StreamedChoice();
  choices.set(index, choice);
  return choice.add(raw);
}

/** Throws for choices that neither say why they ended nor came whole in a stream that ended as it should. */
function checkEnd(choices: readonly StreamedChoice[], endsWell: boolean): void {
  if (choices.some(({ finish, failure }) => finish !== null || failure !== null)) return;
  const isWhole = choices.some(({ hasSaid }) => hasSaid) && choices.every(({ isWhole: isUncut }) => isUncut);
  if (!isWhole || !endsWell) throw new BadAnswer("truncated-stream", "the stream ended without a finish reason");
}

/** One choice of a stream, as far as it has come. */
class StreamedChoice {
  finish: string | null = null;
  failure: unknown = null;
  readonly #message: Growing = { role: "assistant", content: null };
  readonly #parts: Growing[] = [];
  readonly #calls = new CallPieces();
  readonly #details: JsonRecord[] = [];
  #isOlderCall = false;

  get hasSaid(): boolean {
    const { content, refusal } = this.#message;
    return Boolean(content) || Boolean(refusal) || this.#parts.length > 0 || this.#calls.calls().length > 0;
  }

  /** Whether no call is cut. */
  get isWhole(): boolean {
    return this.#calls.isWhole;
  }

  /** Adds what a chunk holds of this choice and returns what it brought. */
  add(choice: JsonRecord): readonly unknown[] {
    this.finish = stringIn(choice, "finish_reason") || this.finish;
    this.failure = choice["error"] ?? this.failure;
    // Some hosts send the whole message once more at the end.
    const isRepeat = !isRecord(choice["delta"]) && this.hasSaid;
    const delta = isRepeat ? {} : isRecord(choice["delta"]) ? choice["delta"] : recordIn(choice, "message");
    const pieces = recordsIn(delta, "tool_calls");
    const details = recordsIn(delta, "reasoning_details");
    const brought = this.#addTexts(delta);
    for (const piece of pieces) this.#calls.add(piece);
    this.#addOlderCall(delta["function_call"]);
    this.#details.push(...details);
    const older = isRecord(delta["function_call"]) ? [delta["function_call"]] : [];
    return [...brought, ...pieces, ...details, ...older];
  }

  /** What the choice would have been unstreamed. */
  body(): JsonRecord {
    const message = this.#message;
    const calls = this.#calls.calls();
    if (this.#parts.length > 0) message["content"] = this.#parts;
    if (calls.length > 0) message["tool_calls"] = calls;
    if (this.#details.length > 0) message["reasoning_details"] = mergedDetails(this.#details);
    return { message, finish_reason: this.finish, ...(this.failure !== null && { error: this.failure }) };
  }

  #addTexts(delta: JsonRecord): readonly unknown[] {
    const brought = JOINED.filter((field) => delta[field] !== null && delta[field] !== undefined);
    for (const field of brought) {
      const [before, value] = [this.#message[field], delta[field]];
      if (field === "content" && (Array.isArray(value) || this.#parts.length > 0)) this.#addParts(value);
      else this.#message[field] = typeof before === "string" && typeof value === "string" ? before + value : value;
    }
    return brought.map((field) => delta[field]).filter((value) => value !== "");
  }

  /** Content that comes in parts, as that of Mistral's models that reason: neighbours of one kind are one part. */
  #addParts(value: unknown): void {
    const before = this.#message["content"];
    if (this.#parts.length === 0 && typeof before === "string" && before !== "") this.#parts.push({ type: "text", text: before });
    const pieces = typeof value === "string" ? [{ type: "text", text: value }] : Array.isArray(value) ? value.filter(isRecord) : [];
    for (const piece of pieces) {
      const last = this.#parts.at(-1);
      if (last === undefined || last["type"] !== piece["type"]) this.#parts.push({ ...piece });
      else if (piece["type"] === "text") last["text"] = `${stringIn(last, "text") ?? ""}${stringIn(piece, "text") ?? ""}`;
      else if (typeof last["thinking"] === "string") last["thinking"] += stringIn(piece, "thinking") ?? "";
      else last["thinking"] = [...recordsIn(last, "thinking"), ...recordsIn(piece, "thinking")];
    }
  }

  /** The call in the field that was there before there were several calls. */
  #addOlderCall(call: unknown): void {
    if (!isRecord(call)) return;
    const isFirst = !this.#isOlderCall;
    this.#isOlderCall = true;
    this.#calls.add({ ...(isFirst && { type: "function" }), function: isFirst ? call : { ...call, name: null } });
  }
}

/** Joins the pieces of each reasoning detail, so that what goes back is what an unstreamed answer would have held. */
function mergedDetails(pieces: readonly JsonRecord[]): JsonRecord[] {
  const merged: Growing[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const continues =
      last !== undefined && last["type"] === piece["type"] && last["index"] === piece["index"] && piece["type"] !== "reasoning.encrypted";
    if (!continues) {
      merged.push({ ...piece });
      continue;
    }
    for (const [field, value] of Object.entries(piece)) {
      if (value === null || value === undefined) continue;
      const isText = field === "text" || field === "summary";
      last[field] = isText && typeof last[field] === "string" && typeof value === "string" ? last[field] + value : value;
    }
  }
  return merged;
}
