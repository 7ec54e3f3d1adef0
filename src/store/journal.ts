import type { Action, Journal } from "../core/agent.ts";
import type { ModelResponse, ToolCall } from "../core/model.ts";
import type { BlobTable } from "./blob.ts";
import type { Sqlite } from "./database.ts";

const INSERT_STEP = `
  insert into steps (try_id, iteration, started_at, finish, finish_raw, turn_blob, body_blob, input_tokens, cache_read_tokens, cache_write_tokens,
    output_tokens, reasoning_tokens, usage_inconsistency, cost_usd, no_cache_cost_usd, computed_cost_usd, cost_source, duration_ms, waited_ms, http_attempts, served)
  values (@tryId, @iteration, @startedAt, @finish, @finishRaw, @turnBlob, @bodyBlob, @inputTokens, @cacheReadTokens, @cacheWriteTokens,
    @outputTokens, @reasoningTokens, @inconsistency, @costUsd, @noCacheCostUsd, @computedUsd, @costSource, @durationMs, @waitedMs, @httpAttempts, @served)`;

const FINISH_CALL = `
  update tool_calls set finished_at = @finishedAt, tier = @tier, decision = @decision, result_blob = @resultBlob, output_blob = @outputBlob,
    error_kind = @errorKind, exit_code = @exitCode, timed_out = @timedOut, duration_ms = @durationMs
  where try_id = @tryId and iteration = @iteration and position = @position`;

/** Makes the journals of tries: every call of theirs is one committed transaction. */
export function journalMaker(database: Sqlite, blobs: BlobTable, now: () => Date): (tryId: number) => Journal {
  const open = database.prepare("update tries set system_blob = ?, first_turns_blob = ?, tools_blob = ? where id = ?");
  const insertStep = database.prepare(INSERT_STEP);
  const startCall = database.prepare(
    "insert into tool_calls (try_id, iteration, position, call_id, tool, arguments_blob, started_at) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const finishCall = database.prepare(FINISH_CALL);
  const note = database.prepare("insert into notes (try_id, iteration, kind, text) values (?, ?, ?, ?)");

  return (tryId) => ({
    opened: database.transaction((conversation: Parameters<Journal["opened"]>[0]) => {
      open.run(blobs.put(conversation.system), blobs.put(JSON.stringify(conversation.firstTurns)), blobs.put(conversation.tools), tryId);
    }),
    responded: database.transaction((iteration: number, response: ModelResponse) => {
      insertStep.run({ tryId, iteration, ...stepRow(response, blobs) });
    }),
    toolStarted: database.transaction((iteration: number, position: number, call: ToolCall) => {
      startCall.run(tryId, iteration, position, call.id, call.name, blobs.put(argumentsText(call)), now().toISOString());
    }),
    toolFinished: database.transaction((iteration: number, position: number, action: Action) => {
      finishCall.run({ tryId, iteration, position, finishedAt: now().toISOString(), ...callRow(action, blobs) });
    }),
    noted: (iteration, entry) => {
      note.run(tryId, iteration, entry.kind, entry.text);
    },
  });
}

function stepRow(response: ModelResponse, blobs: BlobTable): Record<string, unknown> {
  const { usage, cost } = response;
  return {
    startedAt: response.startedAt,
    finish: response.finish,
    finishRaw: response.finishRaw,
    turnBlob: blobs.put(JSON.stringify({ native: response.turn.native, view: response.turn.view })),
    bodyBlob: blobs.put(response.rawBody),
    inputTokens: usage.inputTokens,
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens,
    inconsistency: usage.inconsistency,
    costUsd: cost.costUsd,
    noCacheCostUsd: cost.noCacheCostUsd,
    computedUsd: cost.computedUsd,
    costSource: cost.source,
    durationMs: response.durationMs,
    waitedMs: response.attempts.reduce((sum, attempt) => sum + attempt.waitedMs, 0),
    httpAttempts: JSON.stringify(response.attempts),
    served: JSON.stringify(response.served),
  };
}

function callRow(action: Action, blobs: BlobTable): Record<string, unknown> {
  return {
    tier: action.tier,
    decision: action.decision,
    resultBlob: blobs.put(action.result.text),
    outputBlob: action.fullOutput ? blobs.put(action.fullOutput) : null,
    errorKind: action.errorKind,
    exitCode: action.exitCode,
    timedOut: action.timedOut ? 1 : 0,
    durationMs: action.durationMs,
  };
}

function argumentsText(call: ToolCall): string {
  return call.args.kind === "ok" ? JSON.stringify(call.args.value) : (call.rawArguments ?? "");
}
