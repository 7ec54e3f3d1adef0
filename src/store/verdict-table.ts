import { suiteDigest } from "../core/digest.ts";
import type { EarlierVerdict } from "../core/record.ts";
import type { Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import type { BlobTable } from "./blob.ts";
import type { Sqlite } from "./database.ts";
import { saveTask } from "./task-row.ts";
import { verdictColumns } from "./trial-row.ts";

/** A graded trial with the verdict that counts now; `givenDigest` is null where what was handed in was not kept. */
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

/** New verdicts of all graded trials of one task, by the number of the trial. */
export type Regrading = { readonly runId: string; readonly task: Task; readonly verdicts: ReadonlyMap<number, Verdict> };

const GRADED = `
  select t.id as trialId, t.execution_id as executionId, a.name as armName, t.attempt, t.passed, t.tests_passed as testsPassed, t.tests_total as testsTotal,
    d.inputs_digest as inputsDigest
  from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id left join submissions d on d.execution_id = t.execution_id
  where t.run_id = ? and t.task_id = ? and t.outcome = 'graded' order by t.id`;

const KEEP_OLD = `
  insert into earlier_verdicts (trial_id, replaced_at, task_digest, passed, reason, tests_passed, tests_total, tampered, verdict_blob)
  select t.id, @now, rt.task_digest, t.passed, t.reason, t.tests_passed, t.tests_total, t.tampered, t.verdict_blob
  from trials t join run_tasks rt on rt.run_id = t.run_id and rt.task_id = t.task_id where t.id = @trialId`;

const PUT_NEW = `
  update trials set passed = @passed, reason = @reason, tests_passed = @testsPassed, tests_total = @testsTotal, tampered = @tampered, verdict_blob = @verdictBlob
  where id = @trialId`;

/** Puts later verdicts in the place of earlier ones and keeps both. */
export class VerdictTable {
  readonly #database: Sqlite;
  readonly #blobs: BlobTable;
  readonly #now: () => Date;

  constructor(database: Sqlite, blobs: BlobTable, now: () => Date) {
    this.#database = database;
    this.#blobs = blobs;
    this.#now = now;
  }

  /** The graded trials of one task of a run. */
  gradedTrials(runId: string, taskId: string): readonly GradedTrial[] {
    const rows = this.#database.prepare(GRADED).all(runId, taskId) as (Omit<GradedTrial, "passed"> & { readonly passed: number })[];
    return rows.map((row) => ({ ...row, passed: row.passed === 1 }));
  }

  /** Puts the verdicts of a task's trials in the place of those they have, and the task of today in the place of the one they were graded with, in one. */
  replace({ runId, task, verdicts }: Regrading): void {
    const keepOld = this.#database.prepare(KEEP_OLD);
    const putNew = this.#database.prepare(PUT_NEW);
    const replace = this.#database.transaction(() => {
      const now = this.#now().toISOString();
      for (const [trialId, verdict] of verdicts) {
        keepOld.run({ now, trialId });
        putNew.run({ trialId, ...verdictColumns(verdict), verdictBlob: this.#blobs.put(JSON.stringify(verdict)) });
      }
      this.#retask(runId, task);
    });
    replace();
  }

  /** The verdicts that a trial had before, oldest first. */
  earlier(trialId: number): readonly EarlierVerdict[] {
    const rows = this.#database
      .prepare(
        "select replaced_at as replacedAt, passed, reason, tests_passed as testsPassed, tests_total as testsTotal from earlier_verdicts where trial_id = ? order by id",
      )
      .all(trialId) as (Omit<EarlierVerdict, "passed"> & { readonly passed: number })[];
    return rows.map((row) => ({ ...row, passed: row.passed === 1 }));
  }

  #retask(runId: string, task: Task): void {
    saveTask(this.#database, this.#blobs, task);
    this.#database.prepare("update run_tasks set task_digest = ? where run_id = ? and task_id = ?").run(task.digest, runId, task.id);
    const tasks = this.#database.prepare("select task_id as id, task_digest as digest from run_tasks where run_id = ?").all(runId) as Pick<
      Task,
      "id" | "digest"
    >[];
    this.#database.prepare("update runs set suite_digest = ? where id = ?").run(suiteDigest(tasks), runId);
  }
}
