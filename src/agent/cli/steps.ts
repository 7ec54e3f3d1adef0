import type { AgentContext, Journal } from "../../core/agent.ts";
import type { PassedRequest } from "../../core/gateway.ts";
import { countUnbilled, type ModelRejection, type ModelResponse, type ToolCall, type ToolResult } from "../../core/model.ts";

type OpenCall = { readonly call: ToolCall; readonly iteration: number; readonly position: number; readonly sinceMs: number };

/** What a reader of an agent's requests waits for at most: results of calls that never come are forgotten. */
const MAX_OPEN_CALLS = 1000;

/**
 * Writes the traffic of an agent into the journal of its trial: each answer is a step, and the results of its calls are read from the request that brings them back to the
 * model.
 */
export class Steps {
  readonly #journal: Journal;
  readonly #open = new Map<string, OpenCall>();
  #iterations = 0;
  #isOpened = false;
  #lastRejection: ModelRejection | null = null;
  #unbilledAttempts = 0;
  #outputTokens = 0;
  #costUsd = 0;

  constructor({ journal }: Pick<AgentContext, "journal">) {
    this.#journal = journal;
  }

  /** How many answers there were. */
  get iterations(): number {
    return this.#iterations;
  }

  /** What the provider rejected last, where no answer came after it. */
  get lastRejection(): ModelRejection | null {
    return this.#lastRejection;
  }

  /** Requests whose cost is unknown. */
  get unbilledAttempts(): number {
    return this.#unbilledAttempts;
  }

  /** Tokens that the model has written. */
  get outputTokens(): number {
    return this.#outputTokens;
  }

  /** What is known to be spent, in US dollars. */
  get costUsd(): number {
    return this.#costUsd;
  }

  /** Writes down what a request brings: what the model is sent first, and what its calls gave. */
  asked({ opening, hasTools, results }: PassedRequest): void {
    if (!this.#isOpened && hasTools) this.#begin(opening);
    for (const result of results) this.#finish(result);
  }

  /** Writes down an answer and the calls in it. */
  answered({ opening }: PassedRequest, response: ModelResponse): void {
    // One that was asked without tools, as for a title, may come first.
    if (!this.#isOpened) this.#begin(opening);
    this.#iterations += 1;
    this.#lastRejection = null;
    this.#unbilledAttempts += countUnbilled(response.attempts);
    this.#outputTokens += response.usage.outputTokens;
    this.#costUsd += response.cost.costUsd ?? 0;
    this.#journal.responded(this.#iterations, response);
    for (const [position, call] of response.turn.view.calls.entries()) {
      this.#journal.toolStarted(this.#iterations, position, call);
      if (this.#open.size < MAX_OPEN_CALLS)
        this.#open.set(call.id, { call, iteration: this.#iterations, position, sinceMs: performance.now() });
    }
  }

  /** Writes down that the provider rejected what was asked. */
  rejected(rejection: ModelRejection): void {
    this.#lastRejection = rejection;
    this.#unbilledAttempts += countUnbilled(rejection.attempts);
    this.#journal.unanswered(this.#iterations, rejection);
    this.#journal.noted(this.#iterations, { kind: "rejected", text: `${rejection.kind}: ${rejection.message}`.slice(0, 2000) });
  }

  /** Writes down something that the harness has to say. */
  noted(kind: string, text: string): void {
    this.#journal.noted(this.#iterations, { kind, text });
  }

  #begin(opening: PassedRequest["opening"]): void {
    this.#isOpened = true;
    this.#journal.opened(opening);
  }

  #finish({ callId, text, isError }: ToolResult): void {
    const open = this.#open.get(callId);
    if (open === undefined) return;
    this.#open.delete(callId);
    const { call, iteration, position, sinceMs } = open;
    this.#journal.toolFinished(iteration, position, {
      call,
      result: { callId, name: call.name, text, isError },
      tier: null,
      decision: "allowed",
      errorKind: null,
      exitCode: null,
      timedOut: false,
      durationMs: performance.now() - sinceMs,
      fullOutput: null,
    });
  }
}
