import type { AgentLimits, Stop } from "../../core/agent.ts";
import type { ModelResponse } from "../../core/model.ts";

/**
 * Counts what a trial has used of its limits.
 *
 * Working time is the time of successful model requests and of tools; waiting for a provider's limits and failed requests do not count.
 * The figures come from the responses themselves, so a resumed trial counts the same as the first time.
 */
export class Budget {
  readonly #limits: AgentLimits;
  #iterations = 0;
  #costUsd = 0;
  #outputTokens = 0;
  #workingMs = 0;

  constructor(limits: AgentLimits) {
    this.#limits = limits;
  }

  /** Counts a response. One that is not an iteration (a pause, a full context) still costs money and time. */
  addResponse({ cost, usage, durationMs }: ModelResponse, isIteration: boolean): void {
    if (isIteration) this.#iterations += 1;
    this.#costUsd += cost.costUsd ?? 0;
    this.#outputTokens += usage.outputTokens;
    this.#workingMs += durationMs;
  }

  /** Counts time spent in tools. */
  addWork(durationMs: number): void {
    this.#workingMs += durationMs;
  }

  /** Returns the working time that is left, in milliseconds; never negative. */
  remainingMs(): number {
    return Math.max(0, this.#limits.maxWallSeconds * 1000 - this.#workingMs);
  }

  /** Returns the working time used so far, in milliseconds. */
  workingMs(): number {
    return this.#workingMs;
  }

  /** Returns how many responses counted as iterations. */
  iterations(): number {
    return this.#iterations;
  }

  /** Returns how many more responses may be requested. */
  remainingIterations(): number {
    return Math.max(0, this.#limits.maxIterations - this.#iterations);
  }

  /** Returns the limit that was reached; null when the agent may continue. */
  reached(): Stop | null {
    const { maxIterations, maxCostUsd, maxOutputTokens, maxWallSeconds } = this.#limits;
    if (maxCostUsd !== null && this.#costUsd >= maxCostUsd) {
      return { kind: "budget-cost", detail: `cost $${this.#costUsd.toFixed(4)} of $${maxCostUsd}` };
    }
    if (maxOutputTokens !== null && this.#outputTokens >= maxOutputTokens) {
      return { kind: "budget-tokens", detail: `wrote ${this.#outputTokens} of ${maxOutputTokens} output tokens` };
    }
    if (this.remainingMs() === 0) return { kind: "budget-time", detail: `worked for ${maxWallSeconds} s` };
    if (this.remainingIterations() === 0) return { kind: "max-iterations", detail: `used all ${maxIterations} responses` };
    return null;
  }
}
