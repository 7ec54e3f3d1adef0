import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { RunEnd, RunRecord } from "../core/record.ts";
import type { Trial, TrialKey } from "../core/trial.ts";
import type { Expected } from "../core/verdict.ts";
import { BlobTable } from "./blob-table.ts";
import { type OpenMode, openDatabase, type Sqlite } from "./database.ts";
import { ExecutionTable } from "./execution/execution-table.ts";
import { SpendingTable } from "./execution/spending-table.ts";
import { GroupCommit, WriteAheadLog } from "./group-commit.ts";
import { type Column, count, INVALID, json, name, optional, text } from "./query/column.ts";
import { Query } from "./query/query.ts";
import { SHAPES, TEXTS } from "./query/stored-shapes.ts";
import { ArmReader } from "./read/arm-reader.ts";
import { HistoryReader } from "./read/history-reader.ts";
import { RunReader } from "./read/run-reader.ts";
import { TrajectoryReader } from "./read/trajectory-reader.ts";
import { reuseTrials, type TaskImage } from "./reuse.ts";
import { insertRun, type NewRun } from "./run-row.ts";
import { INSERT_TRIAL, trialRow } from "./trial-row.ts";
import { VerdictTable } from "./verdict-table.ts";
import { WebTable } from "./web-table.ts";
import { writing } from "./write-transaction.ts";

/** The process that runs a run: `text` is what is stored of it, `hasEnded` whether the process with a stored text has ended. */
export type RunOwner = { readonly text: string; readonly hasEnded: (text: string) => boolean };

const KEY = { runId: name("run_id"), taskId: name("task_id"), armId: name("arm_id"), attempt: count("attempt") };

// An id ends up in the user's own trust.yaml, so it is nothing but what bench makes.
const ID: Column<string> = {
  ...name("id"),
  expected: "32 hexadecimal digits",
  read: (value) => (/^[0-9a-f]{32}$/.test(String(value)) ? String(value) : INVALID),
};

const OWNER = { owner: optional(text("owner")) };

// The id of a run may come from a stranger's database.
const MAX_NAME = 100;
// As many trials as the largest run that can be carried out.
const MAX_KEYS = 1_000_000;

/** The results of all runs, in one SQLite file. Every method has committed when it returns. */
export class Store {
  readonly #database: Sqlite;
  readonly #log: WriteAheadLog;
  readonly #blobs: BlobTable;
  readonly #now: () => Date;
  readonly #close: () => void;
  /** Runs, their figures and their finished trials. */
  readonly runs: RunReader;
  /** Trials with every step. */
  readonly trajectories: TrajectoryReader;
  /** Past trials and results, for forecasts and trends. */
  readonly history: HistoryReader;
  /** Executions of trials: their journals, submissions and evidence. */
  readonly executions: ExecutionTable;
  /** Verdicts that replace others when a run is graded again. */
  readonly verdicts: VerdictTable;
  /** What requests cost, and what is reserved for them. */
  readonly spending: SpendingTable;
  /** What agents read of the web. */
  readonly web: WebTable;
  /** Arms and their names. */
  readonly arms: ArmReader;
  /** Resolves when everything committed so far survives a loss of power; rejects with an error that `storeFault` recognizes. */
  readonly flushed: () => Promise<void>;

  /** Opens the database at `path`. For writing, one that has no id gets `id`, or else a random one. Throws UserError as `openDatabase` does. */
  constructor(path: string, now: () => Date, mode: OpenMode = "write", id?: string) {
    const { database, close } = openDatabase(path, { mode, id });
    this.#database = database;
    this.#close = close;
    this.#now = now;
    this.#blobs = new BlobTable(this.#database);
    this.#log = new WriteAheadLog(path);
    this.flushed = new GroupCommit(this.#log.flush).flushed;
    this.executions = new ExecutionTable({ database: this.#database, blobs: this.#blobs, now, flushed: this.flushed });
    this.verdicts = new VerdictTable(this.#database, this.#blobs, now);
    this.spending = new SpendingTable(this.#database, now);
    this.runs = new RunReader(this.#database);
    this.web = new WebTable(this.#database, this.#blobs, now);
    this.arms = new ArmReader(this.#database);
    this.history = new HistoryReader(this.#database);
    this.trajectories = new TrajectoryReader(this.#database, this.#blobs);
  }

  /** Returns the random id of the database; null for one of a version that gave none. */
  get id(): string | null {
    return new Query(this.#database, { columns: { id: ID }, rest: "from origin limit 1" }).first()?.id ?? null;
  }

  /** Stores a run with its arms and tasks, before its first trial. */
  saveRun(newRun: NewRun): void {
    writing(this.#database, () => insertRun(this.#database, this.#blobs, newRun))();
  }

  /** Makes a process the owner of a run; throws UserError while another process that is alive owns it. */
  claimRun(runId: string, owner: RunOwner): void {
    const claim = writing(this.#database, () => {
      const holder = new Query(this.#database, { columns: OWNER, rest: "from runs where id = ?" }).first(runId)?.owner ?? null;
      if (holder !== null && holder !== owner.text && !owner.hasEnded(holder)) {
        throw new UserError(`Cannot resume run "${runId}": another process is running it; wait for it to end, or stop it first`);
      }
      this.#database.prepare("update runs set owner = ? where id = ?").run(owner.text, runId);
    });
    claim();
    // A copy of the file alone, without its log, then still says that a run was under way.
    this.#database.pragma("wal_checkpoint(PASSIVE)");
  }

  /** Marks a run as ended, with the reason when it stopped early; `end` is null for a run that is resumed. */
  endRun(runId: string, end: RunEnd | null, stoppedBy: string | null = null): void {
    const finishedAt = end ? this.#now().toISOString() : null;
    this.#database
      .prepare(
        "update runs set ended = @end, finished_at = @finishedAt, stopped_by = @stoppedBy, owner = case when @end is null then owner end where id = @runId",
      )
      .run({ end, finishedAt, stoppedBy, runId });
  }

  /** Reuses finished trials of identical arms and tasks from earlier runs, where the image (`imageOf`, by task) is the same too; returns how many. */
  reuseTrials(run: Pick<RunRecord, "id" | "attempts">, imageOf: Readonly<Record<string, TaskImage>>): number {
    return reuseTrials(this.#database, run, imageOf);
  }

  /** Marks a run as decided after `rounds` attempts, and drops the trials that were reused for later attempts. */
  endRounds(runId: string, rounds: number): void {
    const end = writing(this.#database, () => {
      this.#database.prepare("update runs set rounds = ? where id = ?").run(rounds, runId);
      this.#database.prepare("delete from trials where run_id = ? and attempt > ? and reused_from is not null").run(runId, rounds);
    });
    end();
  }

  /** Saves a run, or one arm of it, as a baseline; a name that is in use moves. */
  saveBaseline(name: string, { runId, armId }: { readonly runId: string; readonly armId: string | null }): void {
    this.#database
      .prepare("insert or replace into baselines (name, run_id, arm_id, saved_at) values (?, ?, ?, ?)")
      .run(name, runId, armId, this.#now().toISOString());
  }

  /** Removes a baseline; returns whether it was there. */
  removeBaseline(name: string): boolean {
    return this.#database.prepare("delete from baselines where name = ?").run(name).changes > 0;
  }

  /** Stores a finished trial in place of an earlier error of the same key; returns its id. A graded trial is never replaced. */
  saveTrial(trial: Trial, executionId: number): number {
    const save = writing(this.#database, () => {
      this.#database.prepare("update executions set ended = 'finished', reason = null where id = ?").run(executionId);
      const verdict = trial.outcome.kind === "graded" ? this.#blobs.put(JSON.stringify(trial.outcome.verdict)) : null;
      const row = this.#database.prepare(INSERT_TRIAL).get(trialRow(trial, executionId, verdict)) as { id: number } | undefined;
      if (!row)
        throw new Error(
          `Cannot save trial "${trial.key.taskId}" attempt ${trial.key.attempt}: it is already graded; this is a bug in bench`,
        );
      return row.id;
    });
    return save();
  }

  /** Reads the keys of the graded trials of a run, which need not run again. */
  gradedKeys(runId: string): readonly TrialKey[] {
    return new Query(this.#database, { columns: KEY, rest: "from trials where run_id = ? and outcome = 'graded'", maxRows: MAX_KEYS }).all(
      runId,
    );
  }

  /** Reads what was learned about a task from the reference solution with this image; null when it was not learned yet. */
  expected(taskDigest: string, imageId: string): Expected | null {
    const columns = { required: json("names", TEXTS), shapes: optional(json("shapes", SHAPES)) };
    const rest = "from required_tests where task_digest = ? and image_id = ?";
    return new Query(this.#database, { columns, rest }).first(taskDigest, imageId) ?? null;
  }

  /** Stores what was learned about a task from the reference solution with this image. */
  saveExpected(taskDigest: string, imageId: string, { required, shapes }: Expected): void {
    this.#database
      .prepare("insert or replace into required_tests (task_digest, image_id, names, shapes) values (?, ?, ?, ?)")
      .run(taskDigest, imageId, JSON.stringify(required), shapes === null ? null : JSON.stringify(shapes));
  }

  /** Finds a run by its id, the start of its id, or `latest`; throws UserError when none or several match. */
  findRun(name: string): RunRecord {
    const found = this.runs.matching(name);
    const [only, second] = found;
    if (!only) throw new UserError(`Cannot find run "${printable(name, MAX_NAME)}": no run has that id; see "bench list"`);
    if (second)
      throw new UserError(
        `Cannot find run "${printable(name, MAX_NAME)}": ${found.length} runs have an id that starts with it; give more characters of the id`,
      );
    return only;
  }

  /** Closes the database file. */
  close(): void {
    this.#log.close();
    this.#close();
  }
}
