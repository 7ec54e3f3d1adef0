import { AnswerLengths, NONE_BROKEN_OFF } from "../../core/answer-lengths.ts";
import type { BrokenOff, Demand, Used, WorstCase } from "../../core/spending.ts";
import type { ArmHistory } from "../../store/execution/spending-table.ts";
import type { Parts } from "./balance.ts";

// The shortest answer worth asking for from a model that has given few answers yet, in tokens.
const SHORTEST_ANSWER = 1024;

// A count that exceeded its bound once may exceed it by more the next time.
const EXCESS_MARGIN = 1.5;
// Answers twice as long as the longest so far are so rare that a limit above it changes nothing.
const AMPLE = 2;
const SAFE = 1.1;

/** What the answers of one arm tell about its next requests. It learns with every answer, and begins with those that the database holds. */
export class ArmEstimate {
  readonly lengths: AnswerLengths;
  #excess: { promptTokens: number; outputTokens: number; usd: number };

  constructor({ outputTokens, excess }: ArmHistory) {
    this.lengths = new AnswerLengths(outputTokens);
    this.#excess = { ...excess };
  }

  /** Splits a request into its parts. Where the provider has counted more than a request could use, as much and half of it more is added. */
  partsOf({ prompt, usdPerOutputToken }: Demand): Parts {
    const promptTokens = EXCESS_MARGIN * this.#excess.promptTokens;
    const outputTokens = EXCESS_MARGIN * this.#excess.outputTokens;
    const tokens = Math.ceil(prompt.tokens + promptTokens + outputTokens);
    if (prompt.costUsd === null || usdPerOutputToken === null) return { fixed: { costUsd: null, tokens }, usdPerOutputToken: null };
    const promptUsd = prompt.tokens === 0 ? 0 : (prompt.costUsd / prompt.tokens) * promptTokens;
    const costUsd = prompt.costUsd + promptUsd + outputTokens * usdPerOutputToken + EXCESS_MARGIN * this.#excess.usd;
    return { fixed: { costUsd, tokens }, usdPerOutputToken };
  }

  /** Returns the shortest answer worth asking for: one that most of the model's answers do not exceed. */
  shortestOutput({ outputTokens, minOutputTokens }: Demand): number {
    return Math.min(outputTokens, Math.max(minOutputTokens, this.lengths.usual() ?? SHORTEST_ANSWER));
  }

  /** Returns a length that hardly any answer exceeds; 0 while there are too few of them. */
  safeOutput(): number {
    return SAFE * (this.lengths.longest() ?? 0);
  }

  /** Returns a length of the answer that is as good as no limit; the whole one while there are too few answers. */
  ampleOutput(demand: Demand): number {
    const longest = this.lengths.longest();
    if (longest === null) return demand.outputTokens;
    return Math.min(demand.outputTokens, Math.max(AMPLE * longest, this.shortestOutput(demand)));
  }

  /** Learns from a request what it used beside what was reserved for it. */
  learn(
    { tokens, costUsd, outputTokens, isCut }: Used,
    { whole, prompt }: { readonly whole: WorstCase; readonly prompt: WorstCase },
  ): void {
    if (outputTokens === undefined || tokens === null) return;
    if (isCut !== true) this.lengths.add(outputTokens);
    const { promptTokens, outputTokens: outputExcess, usd } = this.#excess;
    this.#excess = {
      promptTokens: Math.max(promptTokens, tokens - outputTokens - prompt.tokens),
      outputTokens: Math.max(outputExcess, outputTokens - (whole.tokens - prompt.tokens)),
      usd: Math.max(usd, (costUsd ?? 0) - (whole.costUsd ?? Number.POSITIVE_INFINITY)),
    };
  }

  /** Returns what one request is assumed to have cost if it breaks off, in US dollars. */
  assumedUsd(brokenOff: BrokenOff): number {
    return this.lengths.assume(brokenOff).usd;
  }
}

/** Computes the most that a request with this length of its answer can use. */
export function wholeOf({ fixed, usdPerOutputToken }: Parts, outputTokens: number): WorstCase {
  const costUsd = fixed.costUsd === null || usdPerOutputToken === null ? null : fixed.costUsd + outputTokens * usdPerOutputToken;
  return { costUsd, tokens: fixed.tokens + outputTokens };
}

/** Describes a request of unknown use by the most that it can have used; `tries` of the same request broke off just before it. */
export function asBrokenOff({ fixed, usdPerOutputToken }: Parts, outputTokens: number, tries: number): BrokenOff {
  return {
    ...NONE_BROKEN_OFF,
    requests: 1,
    squaredSeries: (tries + 1) ** 2 - tries ** 2,
    longestSeries: tries + 1,
    promptUsd: fixed.costUsd ?? 0,
    promptTokens: fixed.tokens,
    outputUsd: outputTokens * (usdPerOutputToken ?? 0),
    outputTokens,
  };
}
