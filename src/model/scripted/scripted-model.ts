import type { Model, ModelRequest, ModelResponse, ModelSpec, ToolCall } from "../../core/model.ts";
import type { WorstCase } from "../../core/spending.ts";
import type { Task } from "../../core/task.ts";
import { costOf } from "../price.ts";
import type { Clock } from "../traffic/clock.ts";
import { nextMove } from "./behavior.ts";
import { chooseSolution, type ScriptedSolution } from "./scripted-solution.ts";
import { meter } from "./scripted-usage.ts";

/**
 * Stands in for a model in one trial, without a network: `oracle` solves the task, `flawed` submits a wrong solution, `flaky` does one or the other,
 * `nop` changes no file, and `prompt-directed` behaves as a line such as `[behavior: flawed]` in its system prompt or a project file says, without one as `oracle`. Its
 * calls, tokens and cost depend only on the spec, the prompt, the task, the attempt and what the tools answer.
 * `extra_body.latency_ms` delays each response. Throws UserError when a task file is missing.
 */
export function scriptedModel(spec: ModelSpec, context: { readonly task: Task; readonly attempt: number; readonly clock: Clock }): Model {
  const { task, attempt, clock } = context;
  const measure = meter();
  let solution: Promise<ScriptedSolution> | null = null;

  return {
    spec,
    async generate(request): Promise<ModelResponse> {
      request.signal.throwIfAborted();
      const startedAt = clock.now();
      const startMs = clock.elapsedMs();
      if (latencyMs(spec) > 0) await clock.sleep(latencyMs(spec), request.signal);

      solution ??= chooseSolution(behaviorFor(spec, request), task, attempt);
      const move = nextMove(await solution, request.turns, new Set(request.tools.map(({ name }) => name)));
      const usage = measure(request, move, spec.cache !== "off");
      const calls = namedCalls(request, move.calls);
      const native = { role: "assistant", text: move.text, calls: calls.map(({ id, name, args }) => ({ id, name, args })) };
      const finish = calls.length > 0 ? "tool-calls" : "stop";
      const cost = costOf({ spec, usage, reportedUsd: null, serviceTier: null, at: startedAt });
      await pay(request, { costUsd: cost.costUsd, tokens: usage.inputTokens + usage.cacheReadTokens + usage.outputTokens });
      return {
        kind: "response",
        turn: { kind: "assistant", native, view: { text: move.text, reasoning: "", refusal: null, calls } },
        finish,
        finishRaw: finish,
        usage,
        cost,
        served: { model: spec.model, provider: "scripted", responseId: null, requestId: null, serviceTier: null },
        startedAt: startedAt.toISOString(),
        durationMs: clock.elapsedMs() - startMs,
        firstTokenMs: null,
        attempts: [],
        repairs: [],
        rawBody: JSON.stringify(native),
      };
    },
  };
}

// What it will use is known beforehand, so its worst case is its actual use.
async function pay({ spendingLimit, signal, onWait }: ModelRequest, used: WorstCase): Promise<void> {
  if (!spendingLimit) return;
  onWait?.(true);
  const demand = { prompt: used, outputTokens: 0, minOutputTokens: 0, usdPerOutputToken: used.costUsd === null ? null : 0 };
  const reservation = await spendingLimit.reserve(demand, signal).finally(() => onWait?.(false));
  reservation.settle({ ...used, billing: "known" });
}

// Only a prompt-directed model takes its behavior from what it is sent first: its system prompt, or project files such as AGENTS.md.
function behaviorFor(spec: ModelSpec, { system, turns }: Pick<ModelRequest, "system" | "turns">): ModelSpec {
  if (spec.model !== "prompt-directed") return spec;
  const first = turns.slice(0, 2).map((turn) => (turn.kind === "user" ? turn.text : ""));
  const told = /^\[behavior: (oracle|nop|flawed|flaky)\][ \t\r]*$/m.exec([system, ...first].join("\n"))?.[1];
  return { ...spec, model: told ?? "oracle" };
}

function namedCalls(request: ModelRequest, calls: readonly { readonly name: string; readonly args: ToolCallArgs }[]): ToolCall[] {
  const iteration = request.turns.filter((turn) => turn.kind === "assistant").length + 1;
  return calls.map(({ name, args }, index) => ({
    id: `call_${iteration}_${index + 1}`,
    name,
    args: { kind: "ok", value: args },
    rawArguments: JSON.stringify(args),
  }));
}

type ToolCallArgs = Readonly<Record<string, unknown>>;

function latencyMs(spec: ModelSpec): number {
  const latency = spec.extraBody["latency_ms"];
  return typeof latency === "number" && latency > 0 ? latency : 0;
}
