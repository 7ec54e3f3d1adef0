import { suiteDigest } from "../core/digest.ts";
import type { EarlierVerdict } from "../core/record.ts";
import type { Task } from "../core/task.ts";
import type { Verdict, VerdictReason } from "../core/verdict.ts";
import type { BlobTable } from "./blob-table.ts";
import type { Sqlite } from "./database.ts";
import { type Column, count, flag, name, optional } from "./query/column.ts";
import { Query, type RowOf } from "./query/query.ts";
import { insertTask } from "./run-row.ts";
import { verdictColumns } from "./trial-row.ts";
import { writing } from "./write-transaction.ts";

const GRADED_TRIAL = {
  trialId: count("t.id"),
  executionId: count("t.execution_id"),
  armName: name("a.name"),
  attempt: count("t.attempt"),
  passed: flag("t.passed"),
  testsPassed: count("coalesce(t.tests_passed, 0)"),
  testsTotal: count("coalesce(t.tests_total, 0)"),
  inputsDigest: optional(name("s.inputs_digest")),
};

// The attempts that the command line allows.
const MAX_TRIALS = 1_000_000;

const EARLIER = {
  replacedAt: name("replaced_at"),
  passed: flag("passed"),
  reason: name("reason") as Column<VerdictReason>,
  testsPassed: count("tests_passed"),
  testsTotal: count("tests_total"),
};

/** A graded trial with its present verdict; `inputsDigest` is null where its submission was not stored. */
export type GradedTrial = RowOf<typeof GRADED_TRIAL>;

/** New verdicts for all graded trials of one task, by trial id. */
export type Regrading = { readonly runId: string; readonly task: Task; readonly verdicts: ReadonlyMap<number, Verdict> };

const GRADED = `
  from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id left join submissions s on s.execution_id = t.execution_id
  where t.run_id = ? and t.task_id = ? and t.outcome = 'graded' order by t.id`;

const KEEP_EARLIER = `
  insert into earlier_verdicts (trial_id, replaced_at, task_digest, passed, reason, tests_passed, tests_total, tampered, verdict_blob)
  select t.id, @now, rt.task_digest, t.passed, t.reason, t.tests_passed, t.tests_total, t.tampered, t.verdict_blob
  from trials t join run_tasks rt on rt.run_id = t.run_id and rt.task_id = t.task_id where t.id = @trialId`;

const REPLACE_VERDICT = `
  update trials set passed = @passed, reason = @reason, tests_passed = @testsPassed, tests_total = @testsTotal, tampered = @tampered, isolation = @isolation,
    held_back = @heldBack, rewards = @rewards, verdict_blob = @verdictBlob
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
    return new Query(this.#database, { columns: GRADED_TRIAL, rest: GRADED, maxRows: MAX_TRIALS }).all(runId, taskId);
  }

  /** Replaces the verdicts of a task's trials and the version of the task that the run refers to, in one transaction. */
  replace({ runId, task, verdicts }: Regrading): void {
    const keepEarlier = this.#database.prepare(KEEP_EARLIER);
    const replaceVerdict = this.#database.prepare(REPLACE_VERDICT);
    const replace = writing(this.#database, () => {
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
    return new Query(this.#database, { columns: EARLIER, rest: "from earlier_verdicts where trial_id = ? order by id" }).all(trialId);
  }

  #replaceTask(runId: string, task: Task): void {
    insertTask(this.#database, this.#blobs, task);
    this.#database.prepare("update run_tasks set task_digest = ? where run_id = ? and task_id = ?").run(task.digest, runId, task.id);
    const columns = { id: name("task_id"), digest: name("task_digest") };
    const tasks = new Query(this.#database, { columns, rest: "from run_tasks where run_id = ?" }).all(runId);
    this.#database.prepare("update runs set suite_digest = ? where id = ?").run(suiteDigest(tasks), runId);
  }
}
