import { createHash } from "node:crypto";
import { promptTokens, type Usage } from "../../core/model.ts";
import type { JsonRecord } from "../json.ts";
import type { Asked } from "./asked.ts";
import { itemsOf } from "./reading.ts";

/** Conversations of one trial that are remembered: that of the agent, those of its sub-agents, and a few side calls. */
const MAX_KNOWN = 8;
/** What a provider's envelope of an item may add to its text, in tokens. */
const ITEM_TOKENS = 200;

/** Fields that add nothing to a prompt, and that may differ from request to request. */
const BESIDE_PROMPT: ReadonlySet<string> = new Set([
  "messages",
  "input",
  "contents",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "metadata",
  "client_metadata",
  "prompt_cache_key",
  "store",
  "include",
  "user",
  "temperature",
]);

/** What a prompt is made of: a digest of all but its conversation, and of each item of that with its length. */
type Shape = { readonly head: string; readonly items: readonly string[]; readonly bytes: readonly number[] };

/** A prompt before what is known of others: the most tokens that it can have, null where none is like it; and what is learnt when it was answered. */
type KnownPrompt = { readonly longest: () => number | null; readonly learn: (usage: Usage) => void };

/**
 * Knows how long the prompts of a trial were by the provider's own count, from which follows how long the next can be: every request carries the whole conversation, and no
 * token of what is new in it is shorter than a byte.
 */
export class KnownPrompts {
  readonly #known: { readonly shape: Shape; readonly tokens: number }[] = [];

  /** Reads the prompt of a request. */
  of(asked: Asked): KnownPrompt {
    const shape = shapeOf(asked);
    return { longest: () => this.#longest(shape, asked), learn: (usage) => this.#learn(shape, usage) };
  }

  #longest(shape: Shape, { imageTokens }: Asked): number | null {
    const bounds = this.#known.filter((one) => one.shape.head === shape.head).map((one) => one.tokens + addedTokens(one.shape, shape));
    return bounds.length === 0 ? null : Math.min(...bounds) + imageTokens;
  }

  // Figures that do not add up teach nothing.
  #learn(shape: Shape, usage: Usage): void {
    if (!usage.isKnown || usage.inconsistency !== null) return;
    this.#known.push({ shape, tokens: promptTokens(usage) });
    if (this.#known.length > MAX_KNOWN) this.#known.shift();
  }
}

function addedTokens(before: Shape, now: Shape): number {
  let common = 0;
  while (common < before.items.length && before.items[common] === now.items[common]) common += 1;
  return now.bytes.slice(common).reduce((sum, bytes) => sum + ITEM_TOKENS + bytes, 0);
}

function shapeOf({ api, body }: Asked): Shape {
  const head = Object.fromEntries(Object.entries(body).filter(([field]) => !BESIDE_PROMPT.has(field)));
  const items = itemsOf(api, body).map(textOf);
  return { head: digestOf(textOf(head)), items: items.map(digestOf), bytes: items.map((text) => Buffer.byteLength(text)) };
}

// Marks of what is to be cached move on with the conversation, and are no part of it.
function textOf(value: JsonRecord): string {
  return JSON.stringify(value, (field, inner: unknown) => (field === "cache_control" ? undefined : inner));
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
