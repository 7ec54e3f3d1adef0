import type { BrokenOff } from "./spending.ts";

/** What requests that broke off are assumed to have used, and what is kept back beside it should they have been dearer. */
export type Assumption = { readonly usd: number; readonly tokens: number; readonly keptUsd: number; readonly keptTokens: number };

// Fewer answers tell nothing about the next one.
const MIN_ANSWERS = 5;
// The dearest answer so far need not be the dearest that the model ever gives.
const LONGEST_MARGIN = 1.25;
const DEVIATIONS = 3;
const USUAL_SHARE = 0.8;

/** The lengths of the answers that one arm has got, in tokens, from which the use of its other requests is estimated. */
export class AnswerLengths {
  readonly #lengths: number[] = [];
  #sum = 0;
  #squares = 0;
  #longest = 0;
  #usual: number | null = null;

  constructor(lengths: readonly number[] = []) {
    for (const length of lengths) this.add(length);
  }

  /** Counts an answer that was not cut. */
  add(tokens: number): void {
    this.#lengths.push(tokens);
    this.#sum += tokens;
    this.#squares += tokens * tokens;
    this.#longest = Math.max(this.#longest, tokens);
    this.#usual = null;
  }

  /** Returns a length that four of five answers do not exceed; null while there are too few of them. */
  usual(): number | null {
    if (!this.#isEnough) return null;
    this.#usual ??= [...this.#lengths].sort((a, b) => a - b)[Math.ceil(USUAL_SHARE * this.#lengths.length) - 1] ?? null;
    return this.#usual;
  }

  /** Returns the length of the longest answer; null while there are too few of them. */
  longest(): number | null {
    return this.#isEnough ? this.#longest : null;
  }

  /**
   * Estimates what requests that broke off have used: the most for their prompts, and for each answer the mean length of the earlier ones. Kept back for chance is the
   * larger of three standard deviations of that sum, and what one answer a quarter longer than the longest so far would add. While there are too few answers, the most counts.
   */
  assume({ requests, promptUsd, promptTokens, outputUsd, outputTokens }: BrokenOff): Assumption {
    if (!this.#isEnough || outputTokens === 0)
      return { usd: promptUsd + outputUsd, tokens: promptTokens + outputTokens, keptUsd: 0, keptTokens: 0 };
    const likely = Math.min(outputTokens, requests * this.#mean);
    const chance = Math.max(DEVIATIONS * this.#deviation * Math.sqrt(requests), LONGEST_MARGIN * this.#longest - this.#mean);
    const kept = Math.min(outputTokens - likely, chance);
    const usdPerToken = outputUsd / outputTokens;
    return {
      usd: promptUsd + likely * usdPerToken,
      tokens: promptTokens + Math.ceil(likely),
      keptUsd: kept * usdPerToken,
      keptTokens: Math.ceil(kept),
    };
  }

  get #isEnough(): boolean {
    return this.#lengths.length >= MIN_ANSWERS;
  }

  get #mean(): number {
    return this.#sum / this.#lengths.length;
  }

  get #deviation(): number {
    return Math.sqrt(Math.max(0, this.#squares / this.#lengths.length - this.#mean ** 2));
  }
}

/** No request that broke off. */
export const NONE_BROKEN_OFF: BrokenOff = { requests: 0, promptUsd: 0, promptTokens: 0, outputUsd: 0, outputTokens: 0 };

/** Adds up requests that broke off. */
export function sumOfBrokenOff(a: BrokenOff, b: BrokenOff): BrokenOff {
  return {
    requests: a.requests + b.requests,
    promptUsd: a.promptUsd + b.promptUsd,
    promptTokens: a.promptTokens + b.promptTokens,
    outputUsd: a.outputUsd + b.outputUsd,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}
