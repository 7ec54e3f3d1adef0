import type { Journal, Past } from "../core/agent.ts";
import type { ExecutionRecord } from "../core/record.ts";
import type { Submission, TrialKey } from "../core/trial.ts";
import type { BlobTable } from "./blob.ts";
import type { Sqlite } from "./database.ts";
import { type JournalDeps, journalMaker } from "./journal.ts";
import { PastReader } from "./past-reader.ts";
import { SubmissionTable } from "./submission-table.ts";

/** A go at a trial. `past` is what an earlier process has done of it, `delivery` what its agent had already handed in; null when there is none. */
export type OpenExecution = {
  readonly executionId: number;
  readonly journal: Journal;
  readonly past: Past | null;
  readonly submission: Submission | null;
};

type Deeds = {
  readonly calls: readonly { readonly tool: string; readonly arguments: string }[];
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
};

// A try goes on when it was left in the middle, or when an error of ours ended it. One that gave nothing yet is not worth it.
const LATEST = `
  select e.id, e.ended, e.reason,
    (select count(*) from steps where execution_id = e.id) + (select count(*) from unanswered_requests where execution_id = e.id) as steps,
    exists (select 1 from submissions where execution_id = e.id) as isDelivered,
    exists (select 1 from trials t where t.execution_id = e.id and t.outcome = 'error') as isError
  from executions e where e.run_id = ? and e.task_id = ? and e.arm_id = ? and e.attempt = ? order by e.id desc limit 1`;

const HISTORY = `
  select e.started_at as startedAt, e.ended, e.reason, (select count(*) from resumptions where execution_id = e.id) as resumed,
    (select count(*) from steps where execution_id = e.id) as steps, (select sum(cost_usd) from steps where execution_id = e.id) as costUsd
  from executions e where e.run_id = ? and e.task_id = ? and e.arm_id = ? and e.attempt = ? order by e.id`;

type LatestRow = {
  readonly id: number;
  readonly ended: "finished" | "abandoned" | null;
  readonly reason: string | null;
  readonly steps: number;
  readonly isDelivered: number;
  readonly isError: number;
};

const HARNESS_STOPPED = "the harness stopped";

/** Keeps every go at every trial: what was paid for is never lost, and never done twice. */
export class ExecutionTable {
  readonly #database: Sqlite;
  readonly #now: () => Date;
  readonly #journal: (executionId: number) => Journal;
  readonly #blobs: BlobTable;
  readonly #past: PastReader;
  readonly #deliveries: SubmissionTable;

  constructor(parts: JournalDeps) {
    const { database, blobs, now } = parts;
    this.#database = database;
    this.#now = now;
    this.#blobs = blobs;
    this.#journal = journalMaker(parts);
    this.#past = new PastReader(database, blobs);
    this.#deliveries = new SubmissionTable(database, blobs);
  }

  /** Takes up the try of a trial that was left in the middle, or starts one. */
  open(key: TrialKey): OpenExecution {
    const latest = this.#database.prepare(LATEST).get(key.runId, key.taskId, key.armId, key.attempt) as LatestRow | undefined;
    const wasLeft = latest !== undefined && (latest.ended === null || (latest.ended === "finished" && latest.isError === 1));
    if (!wasLeft || (latest.steps === 0 && latest.isDelivered === 0)) return { ...this.start(key), past: null, submission: null };
    const resume = this.#database.transaction(() => {
      this.#database
        .prepare("insert into resumptions (execution_id, resumed_at, steps, reason) values (?, ?, ?, ?)")
        .run(latest.id, this.#now().toISOString(), latest.steps, latest.reason ?? HARNESS_STOPPED);
      this.#database.prepare("update executions set ended = null, reason = null where id = ?").run(latest.id);
    });
    resume();
    return {
      executionId: latest.id,
      journal: this.#journal(latest.id),
      past: this.#past.read(latest.id),
      submission: this.#deliveries.read(latest.id),
    };
  }

  /** Starts a try from nothing and gives the journal of what happens in it. Tries left open are closed as abandoned. */
  start(key: TrialKey): { readonly executionId: number; readonly journal: Journal } {
    const identity = [key.runId, key.taskId, key.armId, key.attempt] as const;
    const start = this.#database.transaction(() => {
      this.#database
        .prepare(
          `update executions set ended = 'abandoned', reason = coalesce(reason, '${HARNESS_STOPPED}') where run_id = ? and task_id = ? and arm_id = ? and attempt = ? and ended is null`,
        )
        .run(...identity);
      return this.#database
        .prepare("insert into executions (run_id, task_id, arm_id, attempt, started_at) values (?, ?, ?, ?, ?)")
        .run(...identity, this.#now().toISOString());
    });
    const executionId = Number(start().lastInsertRowid);
    return { executionId, journal: this.#journal(executionId) };
  }

  /** Leaves a try in the middle, to be taken up later. */
  leave(executionId: number, reason: string): void {
    this.#database.prepare("update executions set reason = ? where id = ?").run(reason, executionId);
  }

  /** Closes a try that gave no trial and is not gone on with. */
  abandon(executionId: number, reason: string): void {
    this.#database.prepare("update executions set ended = 'abandoned', reason = ? where id = ?").run(reason, executionId);
  }

  /** Keeps what an agent handed in, before it is graded. */
  saveSubmission(executionId: number, submission: Submission): void {
    this.#deliveries.save(executionId, submission);
  }

  /** What was done in a finished trial and what came of it, for playing it again; null where it was not kept. */
  played(trialId: number): { readonly past: Past | null; readonly submission: Submission | null } {
    const executionId = this.#database.prepare("select execution_id from trials where id = ?").pluck().get(trialId) as number;
    return { past: this.#past.read(executionId), submission: this.#deliveries.read(executionId) };
  }

  /** What an agent did that its grader may want to know of: its calls as it wrote them, and what was not let out of its container. */
  toolCalls(executionId: number): Deeds {
    const calls = this.#database
      .prepare("select tool, arguments_blob as blob from tool_calls where execution_id = ? order by iteration, position")
      .all(executionId) as { readonly tool: string; readonly blob: string }[];
    const refused = this.#database
      .prepare("select text from notes where execution_id = ? and kind = 'not-delivered' order by id")
      .pluck()
      .all(executionId) as string[];
    return { calls: calls.map(({ tool, blob }) => ({ tool, arguments: this.#blobs.text(blob) })), refused: refused.map(toRefusal) };
  }

  /** Every go at a trial, in order: how it ended, why, and how often it was taken up again. */
  history(key: TrialKey): readonly ExecutionRecord[] {
    return this.#database.prepare(HISTORY).all(key.runId, key.taskId, key.armId, key.attempt) as ExecutionRecord[];
  }

  /** What an agent handed in, or null. */
  submission(executionId: number): Submission | null {
    return this.#deliveries.read(executionId);
  }
}

function toRefusal(note: string): Deeds["refused"][number] {
  const at = note.lastIndexOf(": ");
  return { path: note.slice(0, at), reason: note.slice(at + 2) };
}
