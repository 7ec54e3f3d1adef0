import type { Action, Journal, Tier } from "../../core/agent.ts";
import type { ToolCall } from "../../core/model.ts";
import type { Sandbox, SandboxLost } from "../../core/sandbox.ts";
import type { Budget } from "./budget.ts";
import { type CallEnd, prepareCall, runCall, settledAction, skippedAction } from "./call.ts";
import type { ProtocolState } from "./stuck.ts";
import { failed, type ToolOutcome } from "./tool/outcome.ts";
import type { ToolContext } from "./tool/tool.ts";
import type { ToolSet } from "./tool/tool-set.ts";
import type { TranscriptReplay } from "./transcript-replay.ts";

/** Detects whether the workspace has changed. It is hashed only before the first call that could change it, and when asked. */
export class ChangeWatch {
  readonly #sandbox: Sandbox;
  #before: string | null = null;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Must be called before every tool runs. */
  async beforeTool(tier: Tier): Promise<void> {
    if (tier !== "read") this.#before ??= await this.#sandbox.fingerprint(this.#sandbox.workspace);
  }

  /** Checks whether the workspace differs from its first state. */
  async hasChanged(): Promise<boolean> {
    return this.#before !== null && this.#before !== (await this.#sandbox.fingerprint(this.#sandbox.workspace));
  }
}

/** What the calls of a response are run with. */
export type Workbench = {
  readonly tools: ToolSet;
  readonly toolContext: ToolContext;
  readonly journal: Journal;
  readonly budget: Budget;
  readonly changes: ChangeWatch;
  readonly replay: TranscriptReplay;
};

/** The results of a response's calls: an action for each, in order; `lost` is set when the sandbox ended under one of them. */
export type TurnEnd = { readonly actions: readonly Action[]; readonly protocol: ProtocolState; readonly lost: SandboxLost | null };

type JudgedCall = CallEnd & { readonly isProtocolError: boolean };

/** Runs the calls of a response one after the other and stores each before and after it. Throws the signal's reason when that is aborted. */
export async function runCalls(calls: readonly ToolCall[], iteration: number, bench: Workbench): Promise<TurnEnd> {
  const actions: Action[] = [];
  let broken = 0;
  let lost: SandboxLost | null = null;
  for (const [position, call] of calls.entries()) {
    bench.toolContext.signal.throwIfAborted();
    bench.journal.toolStarted(iteration, position, call);
    const skipped = skipReason(position, lost, bench);
    const end =
      skipped === null ? await runOne(call, { iteration, position }, bench) : { ...skip(call, skipped, bench), isProtocolError: false };
    bench.journal.toolFinished(iteration, position, end.action);
    actions.push(end.action);
    lost ??= end.lost;
    if (end.isProtocolError) broken += 1;
  }
  const checked = Math.min(calls.length, bench.toolContext.limits.maxCallsPerTurn);
  return { actions, protocol: broken === checked ? "broken" : "kept", lost };
}

/** Answers every call of a response with the same error and runs none. */
export function skipCalls(calls: readonly ToolCall[], iteration: number, outcome: ToolOutcome, bench: Workbench): readonly Action[] {
  return calls.map((call, position) => {
    bench.journal.toolStarted(iteration, position, call);
    const { action } = skip(call, outcome, bench);
    bench.journal.toolFinished(iteration, position, action);
    return action;
  });
}

function skipReason(position: number, lost: SandboxLost | null, { toolContext, budget }: Workbench): ToolOutcome | null {
  const most = toolContext.limits.maxCallsPerTurn;
  if (position >= most) {
    return failed("too_many_calls", `only the first ${most} tool calls of a turn are executed. Call this tool again.`);
  }
  if (lost !== null) return failed("environment", "the sandbox has gone, so nothing was run.");
  return budget.remainingMs() === 0 ? failed("timeout", "the time limit of the trial was reached, so nothing was run.") : null;
}

type Place = { readonly iteration: number; readonly position: number };

async function runOne(call: ToolCall, { iteration, position }: Place, bench: Workbench): Promise<JudgedCall> {
  const { tools, toolContext, journal, budget, changes, replay } = bench;
  const prepared = prepareCall(call, tools);
  if (prepared.kind === "settled") {
    const action = settledAction(call, prepared, toolContext.limits.maxResultBytes);
    return { action, lost: null, isProtocolError: prepared.isProtocolError };
  }
  if (prepared.unknownKeys.length > 0) {
    journal.noted(iteration, { kind: "unknown-arguments", text: `${call.name}: ${prepared.unknownKeys.join(", ")}`.slice(0, 500) });
  }
  await changes.beforeTool(prepared.tier);
  const end = await runCall(call, prepared, toolContext);
  const action = replay.settle(iteration, position, end.action);
  budget.addWork(action.durationMs);
  return { ...end, action, isProtocolError: false };
}

function skip(call: ToolCall, outcome: ToolOutcome, { toolContext }: Workbench): CallEnd {
  return { action: skippedAction(call, outcome, toolContext.limits.maxResultBytes), lost: null };
}
