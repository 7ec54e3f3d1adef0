import type { BrokenOff } from "./spending.ts";

/** What requests that broke off are assumed to have used, and what is kept back beside it should they have been dearer. */
export type Assumption = { readonly usd: number; readonly tokens: number; readonly keptUsd: number; readonly keptTokens: number };

// Fewer answers tell too little about what is usual.
const MIN_ANSWERS = 5;
// The longest answer so far need not be the longest that the model ever gives, the less so the fewer there are.
const LONGEST_MARGIN = 1.1;
const MARGIN_OF_ONE = 3;
// Longer than most answers of an agent's steps; only counts until the first answer.
const UNSEEN_ANSWER = 2048;
const DEVIATIONS = 3;
// A few answers show too little of how much the lengths vary.
const MIN_DEVIATION_SHARE = 0.2;
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

  /** Whether there is no answer yet. */
  get isEmpty(): boolean {
    return this.#lengths.length === 0;
  }

  /** Whether there are too few answers to tell what is usual. */
  get isTooFew(): boolean {
    return this.#lengths.length < MIN_ANSWERS;
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
    if (this.isTooFew) return null;
    this.#usual ??= [...this.#lengths].sort((a, b) => a - b)[Math.ceil(USUAL_SHARE * this.#lengths.length) - 1] ?? null;
    return this.#usual;
  }

  /** Returns the length of the longest answer; null while there are too few of them. */
  longest(): number | null {
    return this.isTooFew ? null : this.#longest;
  }

  /**
   * Estimates what requests that broke off have used: the most for their prompts, and for each answer the mean length of the earlier ones. Kept back for chance is the
   * larger of three standard deviations of that sum, and what the longest series of tries of one request would add if its answer were longer than the longest so far: by a
   * tenth, and by more while there are few. While there is no answer, 2,048 tokens each are assumed, and all the rest is kept back.
   */
  assume(brokenOff: BrokenOff): Assumption {
    const { requests, promptUsd, promptTokens, outputUsd, outputTokens } = brokenOff;
    if (outputTokens === 0) return { usd: promptUsd, tokens: promptTokens, keptUsd: 0, keptTokens: 0 };
    const likely = Math.min(outputTokens, requests * (this.isEmpty ? UNSEEN_ANSWER : this.#mean));
    const kept = Math.min(outputTokens - likely, this.#chanceIn(brokenOff));
    const usdPerToken = outputUsd / outputTokens;
    return {
      usd: promptUsd + likely * usdPerToken,
      tokens: promptTokens + Math.ceil(likely),
      keptUsd: kept * usdPerToken,
      keptTokens: Math.ceil(kept),
    };
  }

  // The tries of one request have answers of about the same length, so that their deviations add up and do not cancel out.
  #chanceIn({ squaredSeries, longestSeries }: BrokenOff): number {
    if (this.isEmpty) return Number.POSITIVE_INFINITY;
    const longest = (LONGEST_MARGIN + MARGIN_OF_ONE / this.#lengths.length) * this.#longest;
    const deviation = Math.max(this.#deviation, MIN_DEVIATION_SHARE * this.#longest);
    return Math.max(DEVIATIONS * deviation * Math.sqrt(squaredSeries), longestSeries * (longest - this.#mean));
  }

  get #mean(): number {
    return this.#sum / this.#lengths.length;
  }

  get #deviation(): number {
    return Math.sqrt(Math.max(0, this.#squares / this.#lengths.length - this.#mean ** 2));
  }
}

/** No request that broke off. */
export const NONE_BROKEN_OFF: BrokenOff = {
  requests: 0,
  squaredSeries: 0,
  longestSeries: 0,
  promptUsd: 0,
  promptTokens: 0,
  outputUsd: 0,
  outputTokens: 0,
};

/** Adds up requests that broke off. */
export function sumOfBrokenOff(a: BrokenOff, b: BrokenOff): BrokenOff {
  return {
    requests: a.requests + b.requests,
    squaredSeries: a.squaredSeries + b.squaredSeries,
    longestSeries: Math.max(a.longestSeries, b.longestSeries),
    promptUsd: a.promptUsd + b.promptUsd,
    promptTokens: a.promptTokens + b.promptTokens,
    outputUsd: a.outputUsd + b.outputUsd,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}
