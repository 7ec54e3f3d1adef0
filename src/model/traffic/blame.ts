import type { ModelRequest } from "../../core/model.ts";
import type { Fault } from "./fault.ts";

/** What a request asks, as far as the blame for its failure depends on it. */
export type Asked = {
  /** Whether the model has not said anything yet: what does not fit then is not its doing. */
  readonly isFirst: boolean;
  /** Whether calls whose arguments are no JSON go back to the host. */
  readonly hasInvalidCalls: boolean;
  /** Whether the conversation is written in its strictest form already. */
  readonly isRewritten: boolean;
};

/** Tells of a request what the blame for its failure depends on. */
export function askedIn({ turns }: Pick<ModelRequest, "turns">, isRewritten = false): Asked {
  const calls = turns.flatMap((turn) => (turn.kind === "assistant" ? turn.view.calls : []));
  return {
    isFirst: !turns.some(({ kind }) => kind === "assistant"),
    hasInvalidCalls: calls.some(({ args }) => args.kind === "invalid"),
    isRewritten,
  };
}

/** Arguments of a call that goes back, rather than of one that the model has just written: llama.cpp says the same of both. */
const REREAD = /failed to parse tool call arguments/i;

/**
 * Decides who is to blame for a fault where that depends on what was asked. What exceeds the window, or the account's limit of one request, is the user's configuration at
 * the first request, and the conversation's growth later; an answer that alone is as long as the window is always the configuration. What a host rejects for reasons that
 * nobody knows, after it has taken the first request, is taken for the conversation that goes back to it.
 */
export function blamed(fault: Fault, { isFirst, hasInvalidCalls, isRewritten }: Asked): Fault {
  const { about } = fault;
  if ((about === "overflow" || about === "no-room") && (isFirst || hasNoRoomEver(fault))) return { ...fault, kind: "final", scope: "arm" };
  if (about === "over-tier" && isFirst) return { ...fault, kind: "final", scope: "arm" };
  if (isFirst || isRewritten) return fault;
  if (isAboutHistory(fault)) return { ...fault, kind: "bad-history" };
  if (about === "malformed-call" && hasInvalidCalls && REREAD.test(fault.message)) return { ...fault, kind: "bad-history" };
  return fault;
}

const PART_OF_HISTORY = /\bmessages\b|\binput\b|assistant|reasoning|thinking|tool_call|encrypted/i;

/**
 * Decides whether the conversation may be what a host rejects without saying so in words that are known: the same model took the first request with the same settings, so
 * that a later one that is not taken differs in what the model has said.
 */
function isAboutHistory({ about, status, message }: Fault): boolean {
  if (status !== 400 && status !== 422) return false;
  return about === "rejected" || (about === "wrong-parameter" && PART_OF_HISTORY.test(message));
}

function hasNoRoomEver(fault: Fault): boolean {
  const { windowTokens, outputTokens } = sizesIn(fault.message);
  return windowTokens !== null && outputTokens !== null && outputTokens >= windowTokens;
}

/** The tokens that a message about the window names; null for what it does not name. */
export type Sizes = { readonly windowTokens: number | null; readonly inputTokens: number | null; readonly outputTokens: number | null };

const WINDOW = [
  /maximum context length (?:is|of) (\d{1,9})/i,
  /context length (?:is only|of only|\() ?(\d{1,9})/i,
  /\d{1,9} \+ \d{1,9} > (\d{1,9})/,
  /must be <= ?(\d{1,9})/i,
  /context size \((\d{1,9})/i,
  /(?:prompt length is|limit of|max(?:imum)? allowed length \(|context window of|n_ctx:|limit is|tokens > ?|range of input length should be \[1,) ?(\d{1,9})/i,
  /maximum number of tokens allowed \((\d{1,9})/i,
];
const INPUT = [
  /\((\d{1,9}) in (?:the messages|your prompt)/i,
  /(?:has|contains)(?: at least)? (\d{1,9}) (?:input )?tokens/i,
  /(\d{1,9}) \+ \d{1,9} > \d{1,9}/,
  /(\d{1,9}) tokens from the input/i,
  /given: (\d{1,9}) `inputs`/i,
  /\((\d{1,9}) of text input/i,
];
const OUTPUT = [
  /(\d{1,9}) (?:in|for) the completion/i,
  /is too large: (\d{1,9})/i,
  /requested (\d{1,9}) output tokens/i,
  /\d{1,9} \+ (\d{1,9}) > \d{1,9}/,
  /(\d{1,9}) tokens for the completion/i,
  /and (\d{1,9}) `max_new_tokens`/i,
  /(\d{1,9}) in the output/i,
];

/** Reads the sizes that a message about the window names. */
export function sizesIn(message: string): Sizes {
  return { windowTokens: firstOf(WINDOW, message), inputTokens: firstOf(INPUT, message), outputTokens: firstOf(OUTPUT, message) };
}

function firstOf(patterns: readonly RegExp[], message: string): number | null {
  for (const pattern of patterns) {
    const count = pattern.exec(message)?.[1];
    if (count !== undefined) return Number(count);
  }
  return null;
}
