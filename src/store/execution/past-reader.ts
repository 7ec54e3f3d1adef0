import type { Past, PastAction, Tier, Unanswered } from "../../core/agent.ts";
import type { Finish, HttpAttempt, ModelResponse } from "../../core/model.ts";
import type { BlobReader, BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";
import { amount, type Column, count, flag, json, name, number, optional, text, tokenCounts } from "../query/column.ts";
import { damaged, Query, type RowOf } from "../query/query.ts";
import { HTTP_ATTEMPTS, SERVED, type StoredAttempt, TEXTS, TURN } from "../query/stored-shapes.ts";

// Whole response bodies are among it, streamed ones with every event.
const MAX_PAST_BYTES = 256 * 1024 * 1024;

const OPENING = {
  system: optional(name("system_blob")),
  firstTurns: optional(name("first_turns_blob")),
  tools: optional(name("tools_blob")),
};

const STEP = {
  iteration: count("iteration"),
  startedAt: name("started_at"),
  finish: name("finish") as Column<Finish>,
  finishRaw: name("finish_raw"),
  turnBlob: name("turn_blob"),
  bodyBlob: name("body_blob"),
  ...tokenCounts(),
  reasoningTokens: optional(count("reasoning_tokens")),
  inconsistency: optional(text("usage_inconsistency")),
  isKnown: flag("usage_known"),
  costUsd: optional(amount("cost_usd")),
  noCacheCostUsd: optional(amount("no_cache_cost_usd")),
  computedUsd: optional(amount("computed_cost_usd")),
  reportedUsd: optional(amount("reported_cost_usd")),
  source: name("cost_source") as Column<ModelResponse["cost"]["source"]>,
  durationMs: amount("duration_ms"),
  firstTokenMs: optional(amount("first_token_ms")),
  attempts: json("http_attempts", HTTP_ATTEMPTS),
  served: json("served", SERVED),
};

const CALL = {
  iteration: count("iteration"),
  position: count("position"),
  tier: optional(name("tier")) as Column<Tier | null>,
  decision: name("decision") as Column<PastAction["decision"]>,
  resultBlob: name("result_blob"),
  outputBlob: optional(name("output_blob")),
  errorKind: optional(name("error_kind")),
  exitCode: optional(number("exit_code")),
  timedOut: flag("timed_out"),
  durationMs: amount("duration_ms"),
};

const UNANSWERED = {
  iteration: count("iteration"),
  kind: name("kind") as Column<Unanswered["kind"]>,
  message: optional(text("message")),
  attempts: json("http_attempts", HTTP_ATTEMPTS),
};

/** Reads what was done in an execution, in the types of the agent loop, so that the loop can repeat it without asking the model. */
export class PastReader {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;

  constructor(database: Sqlite, blobs: BlobTable) {
    this.#database = database;
    this.#blobs = blobs;
  }

  /** Reads the past of an execution; null when it stopped before its first request. */
  read(executionId: number): Past | null {
    const row = new Query(this.#database, { columns: OPENING, rest: "from executions where id = ?" }).first(executionId);
    if (!row?.system) return null;
    if (row.firstTurns === null || row.tools === null) throw damaged(this.#database, "an execution has only a part of its opening");
    const blobs = this.#blobs.reader(MAX_PAST_BYTES);
    const opening = {
      system: blobs.text(row.system),
      firstTurns: blobs.json(row.firstTurns, TEXTS),
      tools: blobs.text(row.tools),
    };
    return { opening, answers: this.#answers(executionId, blobs), actions: this.#actions(executionId, blobs) };
  }

  #answers(executionId: number, blobs: BlobReader): Past["answers"] {
    const steps = new Query(this.#database, { columns: STEP, rest: "from steps where execution_id = ? order by iteration" })
      .all(executionId)
      .map((row) => toResponse(row, blobs));
    const rows = new Query(this.#database, {
      columns: UNANSWERED,
      rest: "from unanswered_requests where execution_id = ? order by id",
    }).all(executionId);
    const after = (iteration: number): Unanswered[] => rows.filter((row) => row.iteration === iteration).map(toUnanswered);
    return [...after(0), ...steps.flatMap((step, index) => [step, ...after(index + 1)])];
  }

  #actions(executionId: number, blobs: BlobReader): ReadonlyMap<string, PastAction> {
    const rest = "from tool_calls where execution_id = ? and finished_at is not null";
    const rows = new Query(this.#database, { columns: CALL, rest }).all(executionId);
    return new Map(rows.map((row) => [`${row.iteration}/${row.position}`, toAction(row, blobs)]));
  }
}

function toResponse(row: RowOf<typeof STEP>, blobs: BlobReader): ModelResponse {
  const { native, view } = blobs.json(row.turnBlob, TURN);
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, inconsistency, isKnown } = row;
  const { costUsd, noCacheCostUsd, computedUsd, reportedUsd, source, startedAt, finish, finishRaw, durationMs, firstTokenMs, served } = row;
  return {
    kind: "response",
    turn: { kind: "assistant", native, view },
    finish,
    finishRaw,
    // The one-hour part of cache writes is only needed for the price, and the cost is stored.
    usage: { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens: 0, outputTokens, reasoningTokens, inconsistency, isKnown },
    cost: { costUsd, noCacheCostUsd, computedUsd, reportedUsd, source },
    served,
    startedAt,
    durationMs,
    firstTokenMs,
    attempts: row.attempts.map(toAttempt),
    // They are among the notes of the step.
    repairs: [],
    rawBody: blobs.text(row.bodyBlob),
  };
}

function toAction(row: RowOf<typeof CALL>, blobs: BlobReader): PastAction {
  const { iteration: _iteration, position: _position, resultBlob, outputBlob, ...rest } = row;
  return { ...rest, text: blobs.text(resultBlob), fullOutput: outputBlob === null ? null : blobs.get(outputBlob) };
}

// Versions before the eighth of the schema did not say whether an attempt was billed: one that the provider rejected was not, one that broke off may have been.
function toAttempt({ billing, assumedUsd, ...attempt }: StoredAttempt): HttpAttempt {
  const { fault, status } = attempt;
  const isRejected = status !== null && status >= 400 && status < 500;
  const derived = fault === null ? "known" : isRejected ? "none" : "maybe";
  const known = billing ?? derived;
  return { ...attempt, billing: known, assumedUsd: assumedUsd ?? (known === "maybe" ? null : 0) };
}

function toUnanswered({ kind, message, attempts }: RowOf<typeof UNANSWERED>): Unanswered {
  return kind === "cut" ? { kind } : { kind, message: message ?? "", attempts: attempts.map(toAttempt) };
}
