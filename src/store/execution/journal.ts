import type { Action, Journal, Opening, Unanswered } from "../../core/agent.ts";
import type { ModelResponse, ToolCall } from "../../core/model.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";
import { prepareLater } from "../query/query.ts";
import { writing } from "../write-transaction.ts";

const INSERT_STEP = `
  insert or ignore into steps (execution_id, iteration, started_at, finish, finish_raw, turn_blob, body_blob, input_tokens, cache_read_tokens, cache_write_tokens,
    output_tokens, reasoning_tokens, usage_inconsistency, usage_known, cost_usd, no_cache_cost_usd, computed_cost_usd, reported_cost_usd, cost_source, duration_ms,
    first_token_ms, waited_ms, http_attempts, served)
  values (@executionId, @iteration, @startedAt, @finish, @finishRaw, @turnBlob, @bodyBlob, @inputTokens, @cacheReadTokens, @cacheWriteTokens,
    @outputTokens, @reasoningTokens, @inconsistency, @isUsageKnown, @costUsd, @noCacheCostUsd, @computedUsd, @reportedUsd, @costSource, @durationMs,
    @firstTokenMs, @waitedMs, @httpAttempts, @served)`;

const FINISH_CALL = `
  update tool_calls set finished_at = @finishedAt, tier = @tier, decision = @decision, result_blob = @resultBlob, output_blob = @outputBlob,
    error_kind = @errorKind, exit_code = @exitCode, timed_out = @timedOut, duration_ms = @durationMs
  where execution_id = @executionId and iteration = @iteration and position = @position and finished_at is null`;

const MAX_MESSAGE = 4000;

const NOTE = `
  insert into notes (execution_id, iteration, kind, text) select @executionId, @iteration, @kind, @text
  where not exists (select 1 from notes where execution_id = @executionId and iteration = @iteration and kind = @kind and text = @text)`;

/** What a journal needs. `flushed` resolves when everything written so far survives a loss of power. */
export type JournalDeps = {
  readonly database: Sqlite;
  readonly blobs: BlobTable;
  readonly now: () => Date;
  readonly flushed: () => Promise<void>;
};

/**
 * Returns a function that opens the journal of an execution. Every call of a journal is one committed transaction. An entry that is there already stays as it is,
 * so a resumed execution can be journalled from its beginning once more.
 */
export function journalOpener({ database, blobs, now, flushed }: JournalDeps): (executionId: number) => Journal {
  const open = prepareLater(database, "update executions set system_blob = ?, first_turns_blob = ?, tools_blob = ? where id = ?");
  const insertStep = prepareLater(database, INSERT_STEP);
  const startCall = prepareLater(
    database,
    "insert or ignore into tool_calls (execution_id, iteration, position, call_id, tool, arguments_blob, started_at) values (?, ?, ?, ?, ?, ?, ?)",
  );
  const finishCall = prepareLater(database, FINISH_CALL);
  const note = prepareLater(database, NOTE);
  const insertUnanswered = prepareLater(
    database,
    "insert into unanswered_requests (execution_id, iteration, kind, message, http_attempts) values (@executionId, @iteration, @kind, @message, @attempts)",
  );

  const respond = writing(database, (executionId: number, iteration: number, response: ModelResponse) => {
    insertStep().run({ executionId, iteration, ...stepRow(response, blobs) });
  });

  return (executionId) => ({
    opened: writing(database, ({ system, firstTurns, tools }: Opening) => {
      open().run(blobs.put(system), blobs.put(JSON.stringify(firstTurns)), blobs.put(tools), executionId);
    }),
    responded: (iteration, response) => respond(executionId, iteration, response),
    toolStarted: writing(database, (iteration: number, position: number, call: ToolCall) => {
      startCall().run(executionId, iteration, position, call.id, call.name, blobs.put(argumentsText(call)), now().toISOString());
    }),
    toolFinished: writing(database, (iteration: number, position: number, action: Action) => {
      finishCall().run({ executionId, iteration, position, finishedAt: now().toISOString(), ...callRow(action, blobs) });
    }),
    noted: (iteration, entry) => {
      note().run({ executionId, iteration, ...entry });
    },
    unanswered: (iteration, answer) => {
      insertUnanswered().run({ executionId, iteration, kind: answer.kind, ...unansweredColumns(answer) });
    },
    flushed,
  });
}

function unansweredColumns(answer: Unanswered): { readonly message: string | null; readonly attempts: string } {
  if (answer.kind === "cut") return { message: null, attempts: "[]" };
  return { message: answer.message.slice(0, MAX_MESSAGE), attempts: JSON.stringify(answer.attempts) };
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
    isUsageKnown: usage.isKnown ? 1 : 0,
    costUsd: cost.costUsd,
    noCacheCostUsd: cost.noCacheCostUsd,
    computedUsd: cost.computedUsd,
    reportedUsd: cost.reportedUsd,
    costSource: cost.source,
    durationMs: response.durationMs,
    firstTokenMs: response.firstTokenMs,
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
