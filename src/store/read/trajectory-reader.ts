import type { AssistantView } from "../../core/model.ts";
import type { StepRecord, ToolCallRecord, Trajectory, TrialRecord } from "../../core/record.ts";
import type { Verdict } from "../../core/verdict.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";

const STEPS = `
  select iteration, finish, turn_blob as turnBlob, input_tokens as inputTokens, cache_read_tokens as cacheReadTokens, cache_write_tokens as cacheWriteTokens,
    output_tokens as outputTokens, cost_usd as costUsd, duration_ms as durationMs, waited_ms as waitedMs, json_extract(served, '$.model') as servedModel
  from steps where execution_id = ? order by iteration`;

const CALLS = `
  select iteration, tool, arguments_blob as argumentsBlob, decision, result_blob as resultBlob, error_kind as errorKind, exit_code as exitCode,
    timed_out as timedOut, duration_ms as durationMs
  from tool_calls where execution_id = ? order by iteration, position`;

type StepRow = Omit<StepRecord, "text" | "reasoning" | "toolCalls" | "notes"> & { readonly turnBlob: string };
type CallRow = Omit<ToolCallRecord, "arguments" | "result" | "timedOut"> & {
  readonly iteration: number;
  readonly argumentsBlob: string;
  readonly resultBlob: string | null;
  readonly timedOut: number | null;
};
type NoteRow = { readonly iteration: number; readonly kind: string; readonly text: string };
type ExecutionRow = {
  readonly executionId: number;
  readonly verdict: string | null;
  readonly system: string | null;
  readonly firstTurns: string | null;
};

/** Reads whole trials: the conversation, what the tools did, and the verdict. */
export class TrajectoryReader {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;

  constructor(database: Sqlite, blobs: BlobTable) {
    this.#database = database;
    this.#blobs = blobs;
  }

  /** Reads everything that is stored of a trial. */
  read(trial: TrialRecord): Trajectory {
    const row = this.#database
      .prepare(
        "select t.execution_id as executionId, t.verdict_blob as verdict, e.system_blob as system, e.first_turns_blob as firstTurns from trials t join executions e on e.id = t.execution_id where t.id = ?",
      )
      .get(trial.id) as ExecutionRow;
    const verdict = row.verdict ? (JSON.parse(this.#blobs.text(row.verdict)) as Verdict) : null;
    return {
      trial,
      system: row.system ? this.#blobs.text(row.system) : "",
      firstTurns: row.firstTurns ? (JSON.parse(this.#blobs.text(row.firstTurns)) as string[]) : [],
      ...this.#steps(row.executionId),
      tests: verdict?.tests ?? [],
      tampering: verdict?.tampering ?? [],
      testLog: verdict?.log ?? "",
    };
  }

  #steps(executionId: number): Pick<Trajectory, "steps" | "notes"> {
    const calls = this.#database.prepare(CALLS).all(executionId) as CallRow[];
    const notes = this.#database
      .prepare("select iteration, kind, text from notes where execution_id = ? order by id")
      .all(executionId) as NoteRow[];
    const steps = (this.#database.prepare(STEPS).all(executionId) as StepRow[]).map(({ turnBlob, ...step }) => {
      const { view } = JSON.parse(this.#blobs.text(turnBlob)) as { view: AssistantView };
      return {
        ...step,
        text: view.text,
        reasoning: view.reasoning,
        toolCalls: calls.filter((call) => call.iteration === step.iteration).map((call) => this.#call(call)),
        notes: notes.filter((note) => note.iteration === step.iteration).map(({ kind, text }) => ({ kind, text })),
      };
    });
    const known = new Set(steps.map((step) => step.iteration));
    return { steps, notes: notes.filter((note) => !known.has(note.iteration)).map(({ kind, text }) => ({ kind, text })) };
  }

  #call(row: CallRow): ToolCallRecord {
    const { iteration: _iteration, argumentsBlob, resultBlob, timedOut, ...rest } = row;
    return {
      ...rest,
      arguments: this.#blobs.text(argumentsBlob),
      result: resultBlob ? this.#blobs.text(resultBlob) : null,
      timedOut: timedOut === 1,
    };
  }
}
