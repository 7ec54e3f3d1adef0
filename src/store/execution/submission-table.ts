import type { StopKind } from "../../core/agent.ts";
import type { Submission } from "../../core/trial.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";
import { amount, type Column, count, json, name, text } from "../query/column.ts";
import { Query } from "../query/query.ts";
import { SUBMITTED_FILES, type SubmittedRow } from "../query/stored-shapes.ts";
import { writing } from "../write-transaction.ts";

const SUBMISSION = {
  stop: name("stop") as Column<StopKind>,
  detail: text("stop_detail"),
  workingMs: amount("working_ms"),
  unbilledAttempts: count("unbilled_attempts"),
  inputsDigest: name("inputs_digest"),
  files: json("files", SUBMITTED_FILES),
};

// The workspaces that tasks have by default hold less.
const MAX_FILES_BYTES = 256 * 1024 * 1024;

/** Stores the files that leave the agents' sandboxes, equal contents once. Older versions stored a list of all files, this one an object with those that changed. */
export class SubmissionTable {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;

  constructor(database: Sqlite, blobs: BlobTable) {
    this.#database = database;
    this.#blobs = blobs;
  }

  /** Stores the submission of an execution in place of an earlier one. */
  save(executionId: number, { stop, files, workingMs, unbilledAttempts, inputsDigest }: Submission): void {
    const save = writing(this.#database, () => {
      const rows: SubmittedRow[] = files.map(({ bytes, ...rest }) => ({ ...rest, digest: this.#blobs.put(bytes) }));
      this.#database
        .prepare(
          "insert or replace into submissions (execution_id, stop, stop_detail, working_ms, unbilled_attempts, inputs_digest, files) values (?, ?, ?, ?, ?, ?, ?)",
        )
        .run(executionId, stop.kind, stop.detail, workingMs, unbilledAttempts, inputsDigest, JSON.stringify({ changed: rows }));
    });
    save();
  }

  /** Reads the submission of an execution, or null. */
  read(executionId: number): Submission | null {
    const rest = "from submissions where execution_id = ?";
    const row = new Query(this.#database, { columns: SUBMISSION, rest }).first(executionId);
    if (row === undefined) return null;
    const { stop, detail, files, ...others } = row;
    const blobs = this.#blobs.reader(MAX_FILES_BYTES);
    const isWhole = !("changed" in files);
    const rows = isWhole ? files : files.changed;
    return {
      ...others,
      stop: { kind: stop, detail },
      isWhole,
      files: rows.map(({ digest, ...rest }) => ({ ...rest, bytes: blobs.get(digest) })),
    };
  }
}
