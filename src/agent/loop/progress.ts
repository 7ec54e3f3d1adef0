import type { AgentSettings, Journal, Step } from "../../core/agent.ts";
import type { HttpAttempt, Model, SpendingLimit } from "../../core/model.ts";
import type { Sandbox } from "../../core/sandbox.ts";
import { Budget } from "./budget.ts";
import { ChangeWatch } from "./change-watch.ts";
import { Conversation } from "./conversation.ts";
import { StuckWatch } from "./stuck.ts";
import { type ToolSet, toolSet } from "./tool/tool-set.ts";
import { TranscriptReplay } from "./transcript-replay.ts";
import type { Workbench } from "./turn.ts";

/** What an agent needs to work on one task. `cacheKey` is the same for every request of the trial and for no other trial. */
export type AgentRun = {
  readonly firstTurns: readonly string[];
  readonly model: Model;
  readonly sandbox: Sandbox;
  readonly settings: AgentSettings;
  readonly journal: Journal;
  readonly cacheKey: string;
  readonly signal: AbortSignal;
  /** What requests reserve from; absent is no cap. */
  readonly spendingLimit?: SpendingLimit;
  /** What was done of the trial before, to be gone through first; absent for a trial that begins. */
  readonly replay?: TranscriptReplay;
};

/** A trial under way: what it works with and how far it has come. */
export type Progress = Workbench & {
  readonly run: AgentRun;
  readonly conversation: Conversation;
  readonly stuck: StuckWatch;
  readonly steps: Step[];
  /** Responses received, the ones that are no iteration included; numbers the steps. */
  responses: number;
  /** Requests whose cost nobody knows: broken off or cut. */
  unbilledAttempts: number;
  /** Whether the last request did not fit the context window. */
  hasOverflowed: boolean;
  wasToldNothingChanged: boolean;
  pauses: number;
};

/** Lays out what a trial works with. */
export function begin(run: AgentRun): Progress {
  const { settings, sandbox, signal, journal } = run;
  const { limits, profile } = settings;
  const budget = new Budget(limits);
  const tools: ToolSet = toolSet(profile, limits.commandTimeoutSeconds);
  return {
    run,
    tools,
    context: { sandbox, limits, signal, remainingMs: () => budget.remainingMs() },
    journal,
    budget,
    replay: run.replay ?? new TranscriptReplay(null),
    changes: new ChangeWatch(sandbox),
    conversation: new Conversation(run.firstTurns),
    stuck: new StuckWatch(),
    steps: [],
    responses: 0,
    unbilledAttempts: 0,
    hasOverflowed: false,
    wasToldNothingChanged: false,
    pauses: 0,
  };
}

/** Counts the requests whose cost nobody knows: those that broke off; one that a provider turned away was not billed. */
export function countUnbilled(attempts: readonly HttpAttempt[]): number {
  return attempts.filter(({ fault, status }) => fault !== null && (status === null || status < 400 || status >= 500)).length;
}
