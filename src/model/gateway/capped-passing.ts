import type { Finish, ModelSpec } from "../../core/model.ts";
import type { Demand, Reservation, SpendingLimit } from "../../core/spending.ts";
import { dearestRates, longestPrompt } from "../price.ts";
import { type Asked, bodyText, withOutputTokens } from "./asked.ts";

const MIN_OUTPUT_TOKENS = 16;

/** One request of a program under a spending limit: reserves what it may use, and lowers the longest answer that it asks for where the limit affords less. */
export class CappedPassing {
  readonly #spec: ModelSpec;
  readonly #asked: Asked;
  readonly #now: () => Date;
  readonly #knownTokens: number | null;
  readonly #body: string;
  #loweredTo: number | null = null;
  #used: { readonly outputTokens: number; readonly isCut: boolean } | null = null;

  /** `knownTokens` is the most that the prompt can have by what is known of the conversation; null where nothing is. */
  constructor(spec: ModelSpec, asked: Asked, { now, knownTokens }: { readonly now: () => Date; readonly knownTokens: number | null }) {
    this.#asked = asked;
    this.#now = now;
    this.#knownTokens = knownTokens;
    // A request that leaves the length of its answer to the provider asks for that of models.yaml: nothing could be reserved for it otherwise.
    this.#body = asked.outputTokens === null ? withOutputTokens(asked, spec.maxOutputTokens) : bodyText(asked);
    // What is cached may be kept for an hour, which costs more.
    this.#spec = this.#body.includes('"1h"') ? { ...spec, cache: "1h" } : spec;
  }

  /** The length that the answer was limited to, where that is less than the program asked for. */
  get loweredTo(): number | null {
    return this.#loweredTo;
  }

  /** Returns the body of the request that was reserved last. */
  body(): string {
    return this.#loweredTo === null ? this.#body : withOutputTokens(this.#asked, this.#loweredTo);
  }

  /** Reserves what one HTTP request may use. Rejects as the spending limit does. */
  async reserve(limit: SpendingLimit, signal: AbortSignal): Promise<Reservation> {
    const demand = this.#demand();
    const reservation = await limit.reserve(demand, signal);
    this.#loweredTo = reservation.maxOutputTokens < demand.outputTokens ? reservation.maxOutputTokens : null;
    this.#used = null;
    return { ...reservation, settle: (used) => reservation.settle({ ...used, ...this.#used }) };
  }

  /** Learns what an answer says of its use, before its request is settled. Returns its finish, which is `cap` where it ended at a lowered length. */
  answered(finish: Finish, outputTokens: number | null): Finish {
    const known = finish === "length" && this.#loweredTo !== null ? "cap" : finish;
    if (outputTokens !== null) this.#used = { outputTokens, isCut: known === "cap" };
    return known;
  }

  /** The most that one HTTP request can cost, in US dollars; null where the price is unknown. */
  mostUsd(): number | null {
    const { prompt, outputTokens, usdPerOutputToken } = this.#demand();
    return prompt.costUsd === null || usdPerOutputToken === null ? null : prompt.costUsd + outputTokens * usdPerOutputToken;
  }

  #demand(): Demand {
    const byBytes = longestPrompt(Buffer.byteLength(this.#body)) + this.#asked.imageTokens;
    const tokens = Math.min(byBytes, this.#knownTokens ?? byBytes);
    const outputTokens = this.#asked.outputTokens ?? this.#spec.maxOutputTokens;
    const minOutputTokens = Math.min(outputTokens, MIN_OUTPUT_TOKENS);
    const rates = dearestRates(this.#spec, byBytes, this.#now());
    if (rates === null) return { prompt: { tokens, costUsd: null }, outputTokens, minOutputTokens, usdPerOutputToken: null };
    return {
      prompt: { tokens, costUsd: tokens * rates.input + rates.perRequest },
      outputTokens,
      minOutputTokens,
      usdPerOutputToken: rates.output,
    };
  }
}
