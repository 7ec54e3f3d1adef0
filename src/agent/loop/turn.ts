import type { Action, Journal } from "../../core/agent.ts";
import type { ToolCall } from "../../core/model.ts";
import type { SandboxLost } from "../../core/sandbox.ts";
import type { Budget } from "./budget.ts";
import { type CallEnd, prepareCall, runCall, settledAction, skippedAction } from "./call.ts";
import type { ChangeWatch } from "./change-watch.ts";
import type { ProtocolState } from "./stuck.ts";
import { failed, type ToolOutcome } from "./tool/outcome.ts";
import type { ToolContext } from "./tool/tool.ts";
import type { ToolSet } from "./tool/tool-set.ts";
import type { TranscriptReplay } from "./transcript-replay.ts";

/** What the calls of a response are carried out with. */
export type Workbench = {
  readonly tools: ToolSet;
  readonly context: ToolContext;
  readonly journal: Journal;
  readonly budget: Budget;
  readonly changes: ChangeWatch;
  readonly replay: TranscriptReplay;
};

/** What came of the calls of a response: an action for each, in order; `lost` when the sandbox went away under one of them. */
export type TurnEnd = { readonly actions: readonly Action[]; readonly protocol: ProtocolState; readonly lost: SandboxLost | null };

type Judged = CallEnd & { readonly isProtocolError: boolean };

/** Carries out the calls of a response one after the other, each written down before and after it. */
export async function carryOutCalls(calls: readonly ToolCall[], iteration: number, bench: Workbench): Promise<TurnEnd> {
  const actions: Action[] = [];
  let broken = 0;
  let lost: SandboxLost | null = null;
  for (const [position, call] of calls.entries()) {
    bench.context.signal.throwIfAborted();
    bench.journal.toolStarted(iteration, position, call);
    const skipped = skipReason(position, lost, bench);
    const end =
      skipped === null ? await carryOut(call, { iteration, position }, bench) : { ...skip(call, skipped, bench), isProtocolError: false };
    bench.journal.toolFinished(iteration, position, end.action);
    actions.push(end.action);
    lost ??= end.lost;
    if (end.isProtocolError) broken += 1;
  }
  const looked = Math.min(calls.length, bench.context.limits.maxCallsPerTurn);
  return { actions, protocol: broken === looked ? "broken" : "kept", lost };
}

/** Answers every call of a response that is not carried out at all with the same error. */
export function skipCalls(calls: readonly ToolCall[], iteration: number, outcome: ToolOutcome, bench: Workbench): readonly Action[] {
  return calls.map((call, position) => {
    bench.journal.toolStarted(iteration, position, call);
    const { action } = skip(call, outcome, bench);
    bench.journal.toolFinished(iteration, position, action);
    return action;
  });
}

function skipReason(position: number, lost: SandboxLost | null, { context, budget }: Workbench): ToolOutcome | null {
  const most = context.limits.maxCallsPerTurn;
  if (position >= most) {
    return failed("too_many_calls", `only the first ${most} tool calls of a turn are executed. Call this tool again.`);
  }
  if (lost !== null) return failed("environment", "the sandbox has gone, so nothing was run.");
  return budget.remainingMs() === 0 ? failed("timeout", "the time limit of the trial was reached, so nothing was run.") : null;
}

type Place = { readonly iteration: number; readonly position: number };

async function carryOut(call: ToolCall, { iteration, position }: Place, bench: Workbench): Promise<Judged> {
  const { tools, context, journal, budget, changes, replay } = bench;
  const prepared = prepareCall(call, tools);
  if (prepared.kind === "settled") {
    const action = settledAction(call, prepared, context.limits.maxResultBytes);
    return { action, lost: null, isProtocolError: prepared.isProtocolError };
  }
  if (prepared.unknownKeys.length > 0) {
    journal.noted(iteration, { kind: "unknown-arguments", text: `${call.name}: ${prepared.unknownKeys.join(", ")}`.slice(0, 500) });
  }
  await changes.beforeTool(prepared.tool.tier);
  const end = await runCall(call, prepared, context);
  const action = replay.settle(iteration, position, end.action);
  budget.addWork(action.durationMs);
  return { ...end, action, isProtocolError: false };
}

function skip(call: ToolCall, outcome: ToolOutcome, { context }: Workbench): CallEnd {
  return { action: skippedAction(call, outcome, context.limits.maxResultBytes), lost: null };
}
