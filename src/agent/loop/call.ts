import type { Action, Tier } from "../../core/agent.ts";
import type { ToolCall } from "../../core/model.ts";
import { SandboxLost } from "../../core/sandbox.ts";
import { bindArguments } from "./tool/argument.ts";
import { failed, type ToolOutcome } from "./tool/outcome.ts";
import type { ToolContext } from "./tool/tool.ts";
import type { ToolSet } from "./tool/tool-set.ts";
import { fitOutput } from "./tool/truncate.ts";

/** A call that is ready to run, or its outcome where it is not run. */
export type PreparedCall =
  | {
      readonly kind: "ready";
      readonly tier: Tier;
      readonly run: (context: ToolContext) => Promise<ToolOutcome>;
      readonly unknownKeys: readonly string[];
    }
  | {
      readonly kind: "settled";
      readonly outcome: ToolOutcome;
      readonly tier: Tier | null;
      readonly decision: "denied" | "not-run";
      /** Whether the model broke the protocol: no such tool, or arguments that no call could have. */
      readonly isProtocolError: boolean;
    };

/** The result of a call; `lost` is set when the sandbox ended while it ran. */
export type CallEnd = { readonly action: Action; readonly lost: SandboxLost | null };

/** Finds the tool of a call and checks its arguments and the policy, without running anything. */
export function prepareCall(call: ToolCall, tools: ToolSet): PreparedCall {
  const tool = tools.offered.find(({ name }) => name === call.name);
  const available = tools.offered.map(({ name }) => name).join(", ");
  if (tool === undefined) {
    const denied = tools.denied.find(({ name }) => name === call.name);
    if (denied === undefined) {
      const outcome = failed("unknown_tool", `'${call.name.slice(0, 100)}'. Available tools: ${available}`);
      return { kind: "settled", outcome, tier: null, decision: "not-run", isProtocolError: true };
    }
    const outcome = failed("policy_denied", `'${call.name}' is not allowed in this run. Available tools: ${available}`);
    return { kind: "settled", outcome, tier: denied.tier, decision: "denied", isProtocolError: false };
  }
  const bound = bindArguments(call, tool);
  if (bound.kind === "ok") return { kind: "ready", tier: tool.tier, run: bound.run, unknownKeys: bound.unknownKeys };
  return { kind: "settled", outcome: bound.outcome, tier: tool.tier, decision: "not-run", isProtocolError: true };
}

/** Runs a prepared call and measures its time. A sandbox that ends meanwhile is part of the result, not an error. */
export async function runCall(
  call: ToolCall,
  { tier, run }: Extract<PreparedCall, { kind: "ready" }>,
  context: ToolContext,
): Promise<CallEnd> {
  const startedAt = performance.now();
  const { outcome, lost } = await runTool(run, context);
  const durationMs = performance.now() - startedAt;
  const decision = outcome.errorKind === "policy_denied" ? "denied" : "allowed";
  return { action: actionOf(call, outcome, { tier, decision, durationMs, maxBytes: context.limits.maxResultBytes }), lost };
}

/** Makes the action of a call that was settled without running. */
export function settledAction(call: ToolCall, settled: Extract<PreparedCall, { kind: "settled" }>, maxBytes: number): Action {
  return actionOf(call, settled.outcome, { tier: settled.tier, decision: settled.decision, durationMs: 0, maxBytes });
}

/** Makes the action of a call that was not even checked, because the response or the trial was cut short. */
export function skippedAction(call: ToolCall, outcome: ToolOutcome, maxBytes: number): Action {
  return actionOf(call, outcome, { tier: null, decision: "not-run", durationMs: 0, maxBytes });
}

async function runTool(
  run: Extract<PreparedCall, { kind: "ready" }>["run"],
  context: ToolContext,
): Promise<{ readonly outcome: ToolOutcome; readonly lost: SandboxLost | null }> {
  try {
    return { outcome: await run(context), lost: null };
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    const reason = error.reason === "out-of-memory" ? "it ran out of memory" : "it stopped";
    return { outcome: failed("environment", `the sandbox has gone: ${reason}.`), lost: error };
  }
}

type ActionDetails = Pick<Action, "tier" | "decision" | "durationMs"> & { readonly maxBytes: number };

// The last step for every result: whatever a tool or a quoted argument contains, the text fits the limit and is valid UTF-8.
function actionOf(call: ToolCall, outcome: ToolOutcome, { maxBytes, ...details }: ActionDetails): Action {
  const text = Buffer.from(outcome.text).toString();
  const fitted = fitOutput({ head: text, tail: "", omittedBytes: 0, omittedLines: 0 }, maxBytes);
  return {
    call,
    result: { callId: call.id, name: call.name, text: fitted, isError: outcome.errorKind !== null },
    ...details,
    errorKind: outcome.errorKind,
    exitCode: outcome.exitCode,
    timedOut: outcome.timedOut,
    fullOutput: outcome.fullOutput ?? (fitted === text ? null : Buffer.from(text)),
  };
}
