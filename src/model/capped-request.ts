import type { Finish, LastPrompt, ModelRequest, ModelSpec, Turn, Usage } from "../core/model.ts";
import type { Demand, Reservation, SpendingLimit, Used } from "../core/spending.ts";
import { numberIn, recordIn } from "./json.ts";
import { dearestRates, longestOutput, longestPrompt, withLongestOutput } from "./price.ts";

/** What the answer to a request tells about its use. */
type AnswerUse = { readonly usage: Usage; readonly finish: Finish };

/** How a body is written for an entry of models.yaml. */
type Write = (spec: ModelSpec) => string;

/** What a provider's envelope of a turn may add to its text, in tokens. */
const TURN_TOKENS = 200;
/** Providers reject a maximum below this. */
const MIN_OUTPUT_TOKENS = 16;

/**
 * One call under a spending limit: reserves what each of its HTTP requests may use, and writes the body anew where the limit affords only a shorter answer than the entry
 * asks for. Without a spending limit it sends the body as it is.
 */
export class CappedRequest {
  readonly #spec: ModelSpec;
  readonly #request: ModelRequest;
  readonly #write: Write;
  readonly #body: string;
  #loweredTo: number | null = null;
  #answer: AnswerUse | null = null;

  constructor(spec: ModelSpec, request: ModelRequest, { body, write }: { readonly body: string; readonly write: Write }) {
    this.#spec = spec;
    this.#request = request;
    this.#body = body;
    this.#write = write;
  }

  /** Reserves what one HTTP request may use. Rejects as the spending limit does. */
  async reserve(spendingLimit: SpendingLimit, at: Date): Promise<Reservation> {
    const demand = demandOf(this.#spec, this.#request, { bodyBytes: Buffer.byteLength(this.#body), at });
    const reservation = await spendingLimit.reserve(demand, this.#request.signal);
    this.#loweredTo = reservation.maxOutputTokens < demand.outputTokens ? reservation.maxOutputTokens : null;
    this.#answer = null;
    return { ...reservation, settle: (used) => reservation.settle({ ...used, ...this.#useOfAnswer() }) };
  }

  /** Returns the body of the request that was reserved last. */
  body(): string {
    return this.#loweredTo === null ? this.#body : this.#write(withLongestOutput(this.#spec, this.#loweredTo));
  }

  /** Learns what an answer says of its use, before its request is settled. Returns the answer's finish, which is `cap` where it ended at a lowered length. */
  answered(answer: AnswerUse): Finish {
    const finish = answer.finish === "length" && this.#loweredTo !== null ? "cap" : answer.finish;
    this.#answer = { ...answer, finish };
    return finish;
  }

  /** The most that one HTTP request can cost, in US dollars, where no spending limit reserves for it; null where the price is unknown. */
  mostUsd(at: Date): number | null {
    const { prompt, outputTokens, usdPerOutputToken } = demandOf(this.#spec, this.#request, {
      bodyBytes: Buffer.byteLength(this.#body),
      at,
    });
    return prompt.costUsd === null || usdPerOutputToken === null ? null : prompt.costUsd + outputTokens * usdPerOutputToken;
  }

  /** The length that the answer was limited to, where that is less than the entry asks for. */
  get loweredTo(): number | null {
    return this.#loweredTo;
  }

  #useOfAnswer(): Pick<Used, "outputTokens" | "isCut"> {
    if (this.#answer?.usage.isKnown !== true) return {};
    return { outputTokens: this.#answer.usage.outputTokens, isCut: this.#answer.finish === "cap" };
  }
}

/** Computes the most that a request can use, from its bytes or from the last request of its conversation, whichever is less. */
function demandOf(spec: ModelSpec, request: ModelRequest, { bodyBytes, at }: { readonly bodyBytes: number; readonly at: Date }): Demand {
  const longest = longestPrompt(bodyBytes);
  const tokens = request.lastPrompt === undefined ? longest : Math.min(longest, grownPrompt(request.lastPrompt, request.turns));
  const outputTokens = longestOutput(spec);
  const minOutputTokens = Math.min(outputTokens, MIN_OUTPUT_TOKENS + thinkingTokens(spec));
  const rates = dearestRates(spec, longest, at);
  if (rates === null) return { prompt: { tokens, costUsd: null }, outputTokens, minOutputTokens, usdPerOutputToken: null };
  const costUsd = tokens * rates.input + rates.perRequest;
  return { prompt: { tokens, costUsd }, outputTokens, minOutputTokens, usdPerOutputToken: rates.output };
}

// A conversation has grown by its new turns, and no token is shorter than a byte. Turns that were masked since are new ones.
function grownPrompt({ tokens, turns }: LastPrompt, now: readonly Turn[]): number {
  const before = new Set(turns);
  const added = now.filter((turn) => !before.has(turn));
  return added.reduce((sum, turn) => sum + TURN_TOKENS + bytesOf(turn), tokens);
}

function bytesOf(turn: Turn): number {
  return Buffer.byteLength(JSON.stringify(turn.kind === "assistant" ? turn.native : turn));
}

/** Thinking with a budget of its own needs a maximum above that budget. */
function thinkingTokens({ reasoning, extraBody }: ModelSpec): number {
  const asked = reasoning ?? {};
  const places = [asked, recordIn(asked, "thinking"), extraBody, recordIn(extraBody, "thinking")];
  const budgets = places.map((place) => numberIn(place, "budget_tokens") ?? 0);
  const limits = [asked, recordIn(extraBody, "reasoning")].map((place) => numberIn(place, "max_tokens") ?? 0);
  return Math.max(...budgets, ...limits);
}
