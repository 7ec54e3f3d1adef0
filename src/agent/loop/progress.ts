import type { AgentContext, LoopSpec, Opening, Stop } from "../../core/agent.ts";
import type { ToolSchema } from "../../core/model.ts";
import { Budget } from "./budget.ts";
import { Conversation, type Masking } from "./conversation.ts";
import { firstTurns, renderSystemPrompt } from "./opening.ts";
import { StuckWatch } from "./stuck.ts";
import { type RemoteTool, schemaOf } from "./tool/tool.ts";
import { toolSet } from "./tool/tool-set.ts";
import { grouped } from "./tool/truncate.ts";
import { TranscriptReplay } from "./transcript-replay.ts";
import { ChangeWatch, type Workbench } from "./turn.ts";

/** A trial in progress: what the loop works with and how far it has come. */
export type Progress = Workbench & {
  readonly context: AgentContext;
  readonly opening: Opening;
  readonly schemas: readonly ToolSchema[];
  readonly conversation: Conversation;
  readonly stuck: StuckWatch;
  /** Share of the context window at which old tool results are masked. */
  readonly maskAtShare: number;
  /** After how many iterations the model summarizes its work, each time; null for never. */
  readonly summarizeAfter: number | null;
  /** The iterations at the last summary, or attempt at one. */
  summarizedAt: number;
  /** Responses received, including those that do not count as an iteration; numbers the steps. */
  responses: number;
  /** Requests whose cost is unknown: they broke off or were cut. */
  unbilledAttempts: number;
  /** Whether the last request did not fit the context window. */
  hasOverflowed: boolean;
  /** Whether the model was reminded that it has changed nothing. */
  wasReminded: boolean;
  pauses: number;
};

/** Prepares a trial: its tools, with those of the task's servers, its first messages and counters at zero. Throws UserError for a context file that is not in the workspace. */
export function startProgress(
  { profile, maskAtShare, summarizeAfter }: LoopSpec,
  context: AgentContext,
  remote: readonly RemoteTool[] = [],
): Progress {
  const { settings, sandbox, web, signal, journal, past, onDifference } = context;
  const { limits } = settings;
  const budget = new Budget(limits);
  const tools = toolSet(profile, limits.commandTimeoutSeconds, { web, remote });
  const schemas = tools.offered.map(schemaOf);
  const system = renderSystemPrompt(settings.prompt.text, { tools: tools.offered, limits, workspace: sandbox.workspace });
  const opening = { system, firstTurns: firstTurns(context.task), tools: JSON.stringify(schemas) };
  return {
    context,
    opening,
    schemas,
    tools,
    toolContext: { sandbox, limits, signal, remainingMs: () => budget.remainingMs() },
    journal,
    budget,
    replay: new TranscriptReplay(past, onDifference),
    changes: new ChangeWatch(sandbox),
    conversation: new Conversation(opening.firstTurns),
    stuck: new StuckWatch(),
    maskAtShare,
    summarizeAfter: summarizeAfter ?? null,
    summarizedAt: 0,
    responses: 0,
    unbilledAttempts: 0,
    hasOverflowed: false,
    wasReminded: false,
    pauses: 0,
  };
}

/** Masks old tool results when the conversation fills more than its share of the context window. */
export function keepRoom(progress: Progress): void {
  const { contextWindow } = progress.context.model.spec;
  noteMasking(progress, progress.conversation.maskWhenDue(contextWindow, progress.maskAtShare));
}

/** Makes room after a request that did not fit. Returns the end of the trial when the request before did not fit either, or nothing is left to mask. */
export function makeRoom(progress: Progress, message: string): Stop | null {
  const stop: Stop = { kind: "context-exhausted", detail: message.slice(0, 500) };
  if (progress.hasOverflowed) return stop;
  progress.hasOverflowed = true;
  const masking = progress.conversation.maskNow();
  noteMasking(progress, masking);
  return masking.results === 0 ? stop : null;
}

function noteMasking({ journal, responses }: Progress, { results, bytes }: Masking): void {
  if (results === 0) return;
  journal.noted(responses, { kind: "compaction", text: `masked ${results} old tool results, ${grouped(bytes)} bytes` });
}
