import type { ToolCallRecord, Trajectory, TrialRecord } from "../../core/record.ts";
import type { BlobReader, BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";
import { amount, count, flag, knownTokenCounts, MAX_TEXT_BYTES, name, number, optional, text, within } from "../query/column.ts";
import { damaged, Query, type RowOf } from "../query/query.ts";
import { TEXTS, TURN, VERDICT } from "../query/stored-shapes.ts";

const STEP = {
  iteration: count("iteration"),
  finish: name("finish"),
  turnBlob: name("turn_blob"),
  ...knownTokenCounts("usage_known = 0"),
  usageInconsistency: optional(text("usage_inconsistency")),
  costUsd: optional(amount("cost_usd")),
  computedUsd: optional(amount("computed_cost_usd")),
  reportedUsd: optional(amount("reported_cost_usd")),
  durationMs: amount("duration_ms"),
  firstTokenMs: optional(amount("first_token_ms")),
  waitedMs: amount("waited_ms"),
  servedModel: optional(name(within("served", MAX_TEXT_BYTES, "json_extract(served, '$.model')"))),
};

const CALL = {
  iteration: count("iteration"),
  tool: name("tool"),
  argumentsBlob: name("arguments_blob"),
  decision: optional(name("decision")),
  resultBlob: optional(name("result_blob")),
  errorKind: optional(name("error_kind")),
  exitCode: optional(number("exit_code")),
  timedOut: optional(flag("timed_out")),
  durationMs: optional(amount("duration_ms")),
};

const NOTE = { iteration: count("iteration"), kind: name("kind"), text: text("text") };

const EXECUTION = {
  executionId: count("t.execution_id"),
  verdict: optional(name("t.verdict_blob")),
  system: optional(name("e.system_blob")),
  firstTurns: optional(name("e.first_turns_blob")),
};

type Call = RowOf<typeof CALL>;
type Note = RowOf<typeof NOTE>;

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
    const rest = "from trials t join executions e on e.id = t.execution_id where t.id = ?";
    const row = new Query(this.#database, { columns: EXECUTION, rest }).first(trial.id);
    if (row === undefined) throw damaged(this.#database, "an execution is missing that a trial refers to");
    const blobs = this.#blobs.reader();
    const verdict = row.verdict === null ? null : blobs.json(row.verdict, VERDICT);
    return {
      trial,
      system: row.system === null ? "" : blobs.text(row.system),
      firstTurns: row.firstTurns === null ? [] : blobs.json(row.firstTurns, TEXTS),
      ...this.#steps(row.executionId, blobs),
      tests: verdict?.tests ?? [],
      tampering: verdict?.tampering ?? [],
      testLog: verdict?.log ?? "",
    };
  }

  #steps(executionId: number, blobs: BlobReader): Pick<Trajectory, "steps" | "notes"> {
    const where = "where execution_id = ? order by iteration";
    const rows = new Query(this.#database, { columns: STEP, rest: `from steps ${where}` }).all(executionId);
    const calls = byIteration(new Query(this.#database, { columns: CALL, rest: `from tool_calls ${where}, position` }).all(executionId));
    const notes = new Query(this.#database, { columns: NOTE, rest: "from notes where execution_id = ? order by id" }).all(executionId);
    const notesOf = byIteration(notes);
    const steps = rows.map(({ turnBlob, ...step }) => {
      const { view } = blobs.json(turnBlob, TURN);
      return {
        ...step,
        text: view.text,
        reasoning: view.reasoning,
        toolCalls: (calls.get(step.iteration) ?? []).map((call) => toCall(call, blobs)),
        notes: (notesOf.get(step.iteration) ?? []).map(toNote),
      };
    });
    const known = new Set(steps.map((step) => step.iteration));
    return { steps, notes: notes.filter((note) => !known.has(note.iteration)).map(toNote) };
  }
}

function toCall({ iteration: _iteration, argumentsBlob, resultBlob, timedOut, ...rest }: Call, blobs: BlobReader): ToolCallRecord {
  return {
    ...rest,
    arguments: blobs.text(argumentsBlob),
    result: resultBlob === null ? null : blobs.text(resultBlob),
    timedOut: timedOut === true,
  };
}

const toNote = ({ kind, text }: Note): Trajectory["notes"][number] => ({ kind, text });

// A trial may have thousands of each, so they are not searched for every step.
function byIteration<Row extends { readonly iteration: number }>(rows: readonly Row[]): ReadonlyMap<number, readonly Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const others = found.get(row.iteration);
    if (others) others.push(row);
    else found.set(row.iteration, [row]);
  }
  return found;
}
