import { suiteDigest } from "../core/digest.ts";
import type { EarlierVerdict } from "../core/record.ts";
import type { Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import type { BlobTable } from "./blob-table.ts";
import type { Sqlite } from "./database.ts";
import { insertTask } from "./run-row.ts";
import { verdictColumns } from "./trial-row.ts";

/** A graded trial with its present verdict; `inputsDigest` is null where its submission was not stored. */
export type GradedTrial = {
  readonly trialId: number;
  readonly executionId: number;
  readonly armName: string;
  readonly attempt: number;
  readonly passed: boolean;
  readonly testsPassed: number;
  readonly testsTotal: number;
  readonly inputsDigest: string | null;
};

/** New verdicts for all graded trials of one task, by trial id. */
export type Regrading = { readonly runId: string; readonly task: Task; readonly verdicts: ReadonlyMap<number, Verdict> };

const GRADED = `
  select t.id as trialId, t.execution_id as executionId, a.name as armName, t.attempt, t.passed, t.tests_passed as testsPassed, t.tests_total as testsTotal,
    s.inputs_digest as inputsDigest
  from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id left join submissions s on s.execution_id = t.execution_id
  where t.run_id = ? and t.task_id = ? and t.outcome = 'graded' order by t.id`;

const KEEP_EARLIER = `
  insert into earlier_verdicts (trial_id, replaced_at, task_digest, passed, reason, tests_passed, tests_total, tampered, verdict_blob)
  select t.id, @now, rt.task_digest, t.passed, t.reason, t.tests_passed, t.tests_total, t.tampered, t.verdict_blob
  from trials t join run_tasks rt on rt.run_id = t.run_id and rt.task_id = t.task_id where t.id = @trialId`;

const REPLACE_VERDICT = `
  update trials set passed = @passed, reason = @reason, tests_passed = @testsPassed, tests_total = @testsTotal, tampered = @tampered, verdict_blob = @verdictBlob
  where id = @trialId`;

/** Replaces verdicts when a run is graded again, and keeps the earlier ones. */
export class VerdictTable {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;
  readonly #now: () => Date;

  constructor(database: Sqlite, blobs: BlobTable, now: () => Date) {
    this.#database = database;
    this.#blobs = blobs;
    this.#now = now;
  }

  /** Reads the graded trials of one task of a run. */
  gradedTrials(runId: string, taskId: string): readonly GradedTrial[] {
    const rows = this.#database.prepare(GRADED).all(runId, taskId) as (Omit<GradedTrial, "passed"> & { readonly passed: number })[];
    return rows.map((row) => ({ ...row, passed: row.passed === 1 }));
  }

  /** Replaces the verdicts of a task's trials and the version of the task that the run refers to, in one transaction. */
  replace({ runId, task, verdicts }: Regrading): void {
    const keepEarlier = this.#database.prepare(KEEP_EARLIER);
    const replaceVerdict = this.#database.prepare(REPLACE_VERDICT);
    const replace = this.#database.transaction(() => {
      const now = this.#now().toISOString();
      for (const [trialId, verdict] of verdicts) {
        keepEarlier.run({ now, trialId });
        replaceVerdict.run({ trialId, ...verdictColumns(verdict), verdictBlob: this.#blobs.put(JSON.stringify(verdict)) });
      }
      this.#replaceTask(runId, task);
    });
    replace();
  }

  /** Reads the verdicts that a trial had before, oldest first. */
  earlier(trialId: number): readonly EarlierVerdict[] {
    const rows = this.#database
      .prepare(
        "select replaced_at as replacedAt, passed, reason, tests_passed as testsPassed, tests_total as testsTotal from earlier_verdicts where trial_id = ? order by id",
      )
      .all(trialId) as (Omit<EarlierVerdict, "passed"> & { readonly passed: number })[];
    return rows.map((row) => ({ ...row, passed: row.passed === 1 }));
  }

  #replaceTask(runId: string, task: Task): void {
    insertTask(this.#database, this.#blobs, task);
    this.#database.prepare("update run_tasks set task_digest = ? where run_id = ? and task_id = ?").run(task.digest, runId, task.id);
    const tasks = this.#database.prepare("select task_id as id, task_digest as digest from run_tasks where run_id = ?").all(runId) as Pick<
      Task,
      "id" | "digest"
    >[];
    this.#database.prepare("update runs set suite_digest = ? where id = ?").run(suiteDigest(tasks), runId);
  }
}
