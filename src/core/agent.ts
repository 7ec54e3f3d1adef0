import type { ModelRejection, ModelResponse, ToolCall, ToolResult } from "./model.ts";

/** Which tools an agent has: all eight, no commands, nothing that changes a file, or a bare shell alone. */
export type ToolProfile = "full" | "no-exec" | "read-only" | "bash-only";

/** Every bound of the loop, equal for all models of a run. Null is no limit. */
export type AgentLimits = {
  readonly maxIterations: number;
  readonly maxCostUsd: number | null;
  /** Working time: waiting for a provider's limits does not count. */
  readonly maxWallSeconds: number;
  readonly maxOutputTokens: number | null;
  readonly maxResultBytes: number;
  readonly maxCallsPerTurn: number;
  readonly commandTimeoutSeconds: number;
};

/** A system prompt with the name it is reported under. */
export type Prompt = { readonly name: string; readonly text: string; readonly digest: string };

/** How the agent is run: with the model, this is what an arm is. */
export type AgentSettings = {
  readonly profile: ToolProfile;
  readonly prompt: Prompt;
  readonly limits: AgentLimits;
  /** Share of the context window at which old tool results are masked. */
  readonly maskAtShare: number;
  /** Whether the task's project files (AGENTS.md and the like) are shown. */
  readonly contextFiles: boolean;
};

/** Why the agent stopped. All of these are graded. */
export type StopKind =
  | "completed"
  | "max-iterations"
  | "budget-cost"
  | "budget-time"
  | "budget-tokens"
  | "stuck-repeat"
  | "stuck-errors"
  | "protocol-errors"
  | "context-exhausted"
  | "refused"
  | "sandbox-lost";

/** The end of an agent's work. */
export type Stop = { readonly kind: StopKind; readonly detail: string };

/** The groups of tools that a profile allows or denies. */
export type Tier = "read" | "write" | "execute";

/** One tool call with what it came to. `errorKind` is set for the harness's own errors (`not_found`, `timeout`, ...). */
export type Action = {
  readonly call: ToolCall;
  readonly result: ToolResult;
  readonly tier: Tier | null;
  readonly decision: "allowed" | "denied" | "not-run";
  readonly errorKind: string | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** The output before it was cut for the model; null when the result is all there was. */
  readonly fullOutput: Uint8Array | null;
};

/** One accepted model response and what its tools did; `iteration` counts from 1. `nudge` is what the harness said after it. */
export type Step = {
  readonly iteration: number;
  readonly response: ModelResponse;
  readonly actions: readonly Action[];
  readonly nudge: string | null;
};

/**
 * Keeps what the agent does, before it goes on.
 *
 * Contract: each method must have stored its argument when it returns; `toolStarted` is called before a tool runs, so a crash leaves a trace.
 */
export interface Journal {
  opened(opening: Opening): void;
  responded(iteration: number, response: ModelResponse): void;
  toolStarted(iteration: number, position: number, call: ToolCall): void;
  toolFinished(iteration: number, position: number, action: Action): void;
  /** Something the harness said or did of its own accord: a nudge, a compaction. */
  noted(iteration: number, note: { readonly kind: string; readonly text: string }): void;
  /** A request that got no response: rejected for what the model did, or cut by the time limit. `iteration` is that of the last response before it. */
  unanswered(iteration: number, answer: Unanswered): void;
  /** Resolves when all that was written down would survive a loss of power. */
  flushed(): Promise<void>;
}

/** What a model is told before anything else; `tools` is the JSON of their schemas. */
export type Opening = { readonly system: string; readonly firstTurns: readonly string[]; readonly tools: string };

/** What a request comes to that gives no response: the provider turned it down for the model's doing, or the time limit cut it. */
export type Unanswered = ModelRejection | { readonly kind: "cut" };

/** What was done of a trial before it was left. `answers` are in their order; `actions` are the calls that had come to an end, by `<iteration>/<position>`. */
export type Past = {
  readonly opening: Opening;
  readonly answers: readonly (ModelResponse | Unanswered)[];
  readonly actions: ReadonlyMap<string, PastAction>;
};

/** What a call came to; `text` is what the model was sent. */
export type PastAction = Omit<Action, "call" | "result"> & { readonly text: string };
