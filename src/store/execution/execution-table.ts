import type { Journal, Past } from "../../core/agent.ts";
import type { ExecutionRecord } from "../../core/record.ts";
import type { Submission, TrialKey } from "../../core/trial.ts";
import type { HeldBack } from "../../core/verdict.ts";
import type { BlobTable } from "../blob-table.ts";
import type { Sqlite } from "../database.ts";
import { count, flag, name, optional, sum, text, total, word } from "../query/column.ts";
import { Query } from "../query/query.ts";
import { writing } from "../write-transaction.ts";
import { type JournalDeps, journalOpener } from "./journal.ts";
import { PastReader } from "./past-reader.ts";
import { SubmissionTable } from "./submission-table.ts";

/** An open execution of a trial. When it is resumed, `past` is what was done before and `submission` what its agent had already submitted; else null. */
export type OpenExecution = {
  readonly executionId: number;
  readonly journal: Journal;
  readonly past: Past | null;
  readonly submission: Submission | null;
};

/** What an agent did that may show tampering: its tool calls with their arguments as the model wrote them. */
export type ExecutionEvidence = { readonly calls: readonly { readonly tool: string; readonly arguments: string }[] };

const OF_TRIAL = "from executions e where e.run_id = ? and e.task_id = ? and e.arm_id = ? and e.attempt = ? order by e.id";

const LATEST = {
  id: count("e.id"),
  ended: optional(word("e.ended", ["finished", "abandoned"] as const)),
  reason: optional(text("e.reason")),
  steps: total(
    "(select count(*) from steps where execution_id = e.id) + (select count(*) from unanswered_requests where execution_id = e.id)",
  ),
  isSubmitted: flag("exists (select 1 from submissions where execution_id = e.id)"),
  isError: flag("exists (select 1 from trials t where t.execution_id = e.id and t.outcome = 'error')"),
};

const HISTORY = {
  startedAt: name("e.started_at"),
  ended: optional(word("e.ended", ["finished", "abandoned"] as const)),
  reason: optional(text("e.reason")),
  resumed: total("(select count(*) from resumptions where execution_id = e.id)"),
  steps: total("(select count(*) from steps where execution_id = e.id)"),
  costUsd: optional(sum("(select sum(cost_usd) from steps where execution_id = e.id)")),
};

// The dearest reading of each step, as a spending limit counts it.
const COUNTED = "max(coalesce(s.cost_usd, 0), coalesce(s.reported_cost_usd, 0), coalesce(s.computed_cost_usd, 0))";
const COUNTED_STEPS = { usd: sum(`coalesce(sum(${COUNTED}), 0)`) };

const HARNESS_STOPPED = "the harness stopped";

/** Stores the executions of trials, so that what was paid for is never lost and never paid for twice. */
export class ExecutionTable {
  readonly #database: Sqlite;
  readonly #now: () => Date;
  readonly #openJournal: (executionId: number) => Journal;
  readonly #blobs: BlobTable;
  readonly #past: PastReader;
  readonly #submissions: SubmissionTable;

  constructor(deps: JournalDeps) {
    const { database, blobs, now } = deps;
    this.#database = database;
    this.#now = now;
    this.#blobs = blobs;
    this.#openJournal = journalOpener(deps);
    this.#past = new PastReader(database, blobs);
    this.#submissions = new SubmissionTable(database, blobs);
  }

  /** Resumes the latest execution of a trial when it stopped before its end or ended in an error of the harness; otherwise starts a new one. */
  open(key: TrialKey): OpenExecution {
    const latest = new Query(this.#database, { columns: LATEST, rest: `${OF_TRIAL} desc limit 1` }).first(...identityOf(key));
    const isResumable = latest !== undefined && (latest.ended === null || (latest.ended === "finished" && latest.isError));
    // An execution that has no response yet holds nothing that was paid for.
    if (!isResumable || (latest.steps === 0 && !latest.isSubmitted)) return { ...this.start(key), past: null, submission: null };
    const resume = writing(this.#database, () => {
      this.#database
        .prepare("insert into resumptions (execution_id, resumed_at, steps, reason) values (?, ?, ?, ?)")
        .run(latest.id, this.#now().toISOString(), latest.steps, latest.reason ?? HARNESS_STOPPED);
      this.#database.prepare("update executions set ended = null, reason = null where id = ?").run(latest.id);
    });
    resume();
    return {
      executionId: latest.id,
      journal: this.#openJournal(latest.id),
      past: this.#past.read(latest.id),
      submission: this.#submissions.read(latest.id),
    };
  }

  /** Starts a new execution of a trial and returns its journal. Executions of the trial that are still open are marked as abandoned. */
  start(key: TrialKey): { readonly executionId: number; readonly journal: Journal } {
    const identity = identityOf(key);
    const start = writing(this.#database, () => {
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
    return { executionId, journal: this.#openJournal(executionId) };
  }

  /** Marks an execution as suspended, to be resumed later. */
  suspend(executionId: number, reason: string): void {
    this.#database.prepare("update executions set reason = ? where id = ?").run(reason, executionId);
  }

  /** Marks an execution as abandoned: it gives no trial and is never resumed. */
  abandon(executionId: number, reason: string): void {
    this.#database.prepare("update executions set ended = 'abandoned', reason = ? where id = ?").run(reason, executionId);
  }

  /** Stores what an agent submitted, before it is graded. */
  saveSubmission(executionId: number, submission: Submission): void {
    this.#submissions.save(executionId, submission);
  }

  /** Reads what was done in a finished trial and what it submitted, for a replay; null where it was not stored. */
  finishedWork(trialId: number): { readonly past: Past | null; readonly submission: Submission | null } {
    const columns = { id: count("execution_id") };
    const row = new Query(this.#database, { columns, rest: "from trials where id = ?" }).first(trialId);
    if (row === undefined) return { past: null, submission: null };
    return { past: this.#past.read(row.id), submission: this.#submissions.read(row.id) };
  }

  /** Reads the tool calls of an execution. */
  evidence(executionId: number): ExecutionEvidence {
    const calls = new Query(this.#database, {
      columns: { tool: name("tool"), blob: name("arguments_blob") },
      rest: "from tool_calls where execution_id = ? order by iteration, position",
    }).all(executionId);
    const blobs = this.#blobs.reader();
    return { calls: calls.map(({ tool, blob }) => ({ tool, arguments: blobs.text(blob) })) };
  }

  /** Reads what an execution left behind when its submission was taken, with the reasons. */
  leftBehind(executionId: number): readonly HeldBack[] {
    const rest = "from notes where execution_id = ? and kind = 'not-delivered' order by id";
    const notes = new Query(this.#database, { columns: { text: text("text") }, rest }).all(executionId);
    return notes.map((note) => {
      const at = note.text.lastIndexOf(": ");
      return { path: note.text.slice(0, at), reason: note.text.slice(at + 2) };
    });
  }

  /** Reads the executions of a trial in order: how each ended, why, and how often it was resumed. */
  history(key: TrialKey): readonly ExecutionRecord[] {
    return new Query(this.#database, { columns: HISTORY, rest: OF_TRIAL }).all(...identityOf(key));
  }

  /** Sums what a spending limit counts for the steps of a trial, in US dollars; steps of executions that were abandoned are among them. */
  countedUsd(key: TrialKey): number {
    const rest =
      "from executions e join steps s on s.execution_id = e.id where e.run_id = ? and e.task_id = ? and e.arm_id = ? and e.attempt = ?";
    return new Query(this.#database, { columns: COUNTED_STEPS, rest }).first(...identityOf(key))?.usd ?? 0;
  }

  /** Reads what an agent submitted, or null. */
  submission(executionId: number): Submission | null {
    return this.#submissions.read(executionId);
  }
}

function identityOf({ runId, taskId, armId, attempt }: TrialKey): [string, string, string, number] {
  return [runId, taskId, armId, attempt];
}
