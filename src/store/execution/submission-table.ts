import type { StopKind } from "../../core/agent.ts";
import type { Submission } from "../../core/trial.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";

type FileRow = { readonly path: string; readonly digest: string; readonly executable: boolean };
type SubmissionRow = {
  readonly stop: StopKind;
  readonly detail: string;
  readonly workingMs: number;
  readonly unbilledAttempts: number;
  readonly inputsDigest: string;
  readonly files: string;
};

/** Stores the files that leave the agents' sandboxes, equal contents once. */
export class SubmissionTable {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;

  constructor(database: Sqlite, blobs: BlobTable) {
    this.#database = database;
    this.#blobs = blobs;
  }

  /** Stores the submission of an execution in place of an earlier one. */
  save(executionId: number, { stop, files, workingMs, unbilledAttempts, inputsDigest }: Submission): void {
    const save = this.#database.transaction(() => {
      const rows: FileRow[] = files.map(({ path, bytes, executable }) => ({ path, digest: this.#blobs.put(bytes), executable }));
      this.#database
        .prepare(
          "insert or replace into submissions (execution_id, stop, stop_detail, working_ms, unbilled_attempts, inputs_digest, files) values (?, ?, ?, ?, ?, ?, ?)",
        )
        .run(executionId, stop.kind, stop.detail, workingMs, unbilledAttempts, inputsDigest, JSON.stringify(rows));
    });
    save();
  }

  /** Reads the submission of an execution, or null. */
  read(executionId: number): Submission | null {
    const row = this.#database
      .prepare(
        "select stop, stop_detail as detail, working_ms as workingMs, unbilled_attempts as unbilledAttempts, inputs_digest as inputsDigest, files from submissions where execution_id = ?",
      )
      .get(executionId) as SubmissionRow | undefined;
    if (!row) return null;
    const { stop, detail, files, ...rest } = row;
    const rows = JSON.parse(files) as FileRow[];
    return {
      ...rest,
      stop: { kind: stop, detail },
      files: rows.map(({ path, digest, executable }) => ({ path, bytes: this.#blobs.get(digest), executable })),
    };
  }
}
