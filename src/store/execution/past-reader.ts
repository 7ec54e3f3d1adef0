import type { Past, PastAction, Unanswered } from "../../core/agent.ts";
import type { AssistantView, HttpAttempt, ModelResponse, Served } from "../../core/model.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";

const STEPS = `
  select iteration, started_at as startedAt, finish, finish_raw as finishRaw, turn_blob as turnBlob, body_blob as bodyBlob, input_tokens as inputTokens,
    cache_read_tokens as cacheReadTokens, cache_write_tokens as cacheWriteTokens, output_tokens as outputTokens, reasoning_tokens as reasoningTokens,
    usage_inconsistency as inconsistency, cost_usd as costUsd, no_cache_cost_usd as noCacheCostUsd, computed_cost_usd as computedUsd, cost_source as source,
    duration_ms as durationMs, http_attempts as attempts, served
  from steps where execution_id = ? order by iteration`;

const CALLS = `
  select iteration, position, tier, decision, result_blob as resultBlob, output_blob as outputBlob, error_kind as errorKind, exit_code as exitCode,
    timed_out as timedOut, duration_ms as durationMs
  from tool_calls where execution_id = ? and finished_at is not null`;

type StepRow = Pick<ModelResponse, "startedAt" | "finish" | "finishRaw" | "durationMs"> &
  ModelResponse["usage"] &
  ModelResponse["cost"] & {
    readonly iteration: number;
    readonly turnBlob: string;
    readonly bodyBlob: string;
    readonly attempts: string;
    readonly served: string;
  };

type CallRow = Omit<PastAction, "text" | "timedOut" | "fullOutput"> & {
  readonly iteration: number;
  readonly position: number;
  readonly resultBlob: string;
  readonly outputBlob: string | null;
  readonly timedOut: number;
};

type UnansweredRow = {
  readonly iteration: number;
  readonly kind: Unanswered["kind"];
  readonly message: string | null;
  readonly attempts: string;
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
    const row = this.#database
      .prepare("select system_blob as system, first_turns_blob as firstTurns, tools_blob as tools from executions where id = ?")
      .get(executionId) as { readonly system: string | null; readonly firstTurns: string; readonly tools: string } | undefined;
    if (!row?.system) return null;
    const opening = {
      system: this.#blobs.text(row.system),
      firstTurns: JSON.parse(this.#blobs.text(row.firstTurns)) as string[],
      tools: this.#blobs.text(row.tools),
    };
    return { opening, answers: this.#answers(executionId), actions: this.#actions(executionId) };
  }

  #answers(executionId: number): Past["answers"] {
    const steps = (this.#database.prepare(STEPS).all(executionId) as StepRow[]).map((row) => this.#response(row));
    const rows = this.#database
      .prepare("select iteration, kind, message, http_attempts as attempts from unanswered_requests where execution_id = ? order by id")
      .all(executionId) as UnansweredRow[];
    const after = (iteration: number): Unanswered[] => rows.filter((row) => row.iteration === iteration).map(toUnanswered);
    return [...after(0), ...steps.flatMap((step, index) => [step, ...after(index + 1)])];
  }

  #response(row: StepRow): ModelResponse {
    const { native, view } = JSON.parse(this.#blobs.text(row.turnBlob)) as { readonly native: unknown; readonly view: AssistantView };
    const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens, inconsistency } = row;
    const { costUsd, noCacheCostUsd, computedUsd, source, startedAt, finish, finishRaw, durationMs } = row;
    return {
      kind: "response",
      turn: { kind: "assistant", native, view },
      finish,
      finishRaw,
      // The one-hour part of cache writes is only needed for the price, and the cost is stored.
      usage: { inputTokens, cacheReadTokens, cacheWriteTokens, cacheWrite1hTokens: 0, outputTokens, reasoningTokens, inconsistency },
      cost: { costUsd, noCacheCostUsd, computedUsd, source },
      served: JSON.parse(row.served) as Served,
      startedAt,
      durationMs,
      attempts: JSON.parse(row.attempts) as HttpAttempt[],
      rawBody: this.#blobs.text(row.bodyBlob),
    };
  }

  #actions(executionId: number): ReadonlyMap<string, PastAction> {
    const rows = this.#database.prepare(CALLS).all(executionId) as CallRow[];
    return new Map(rows.map((row) => [`${row.iteration}/${row.position}`, this.#action(row)]));
  }

  #action({ iteration: _iteration, position: _position, resultBlob, outputBlob, timedOut, ...rest }: CallRow): PastAction {
    return {
      ...rest,
      text: this.#blobs.text(resultBlob),
      timedOut: timedOut === 1,
      fullOutput: outputBlob === null ? null : this.#blobs.get(outputBlob),
    };
  }
}

function toUnanswered({ kind, message, attempts }: UnansweredRow): Unanswered {
  if (kind === "cut") return { kind };
  return { kind, message: message ?? "", attempts: JSON.parse(attempts) as HttpAttempt[] };
}
