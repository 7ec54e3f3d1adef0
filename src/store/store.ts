import { UserError } from "../core/errors.ts";
import type { ModelSpec } from "../core/model.ts";
import type { RunEnd, RunRecord } from "../core/record.ts";
import type { Task } from "../core/task.ts";
import type { Arm, Trial, TrialKey } from "../core/trial.ts";
import { ArmFinder } from "./arm-finder.ts";
import { BlobTable } from "./blob.ts";
import { type OpenMode, openDatabase, type Sqlite } from "./database.ts";
import { ExecutionTable } from "./execution-table.ts";
import { HistoryReader } from "./history-reader.ts";
import { reuseTrials, type TaskImage } from "./reuse.ts";
import { RunReader } from "./run-reader.ts";
import { SpendingTable } from "./spending-table.ts";
import { Sync, WriteAheadLog } from "./sync.ts";
import { saveTask } from "./task-row.ts";
import { TrajectoryReader } from "./trajectory-reader.ts";
import { INSERT_TRIAL, trialRow } from "./trial-row.ts";
import { VerdictTable } from "./verdict-table.ts";

/** What a new run is made of. */
export type NewRun = {
  readonly run: Omit<RunRecord, "finishedAt" | "end" | "tags"> & { readonly tags?: readonly string[] };
  readonly arms: readonly Arm[];
  readonly tasks: readonly Task[];
};

/** Who runs a run: how the store writes an owner down, and how it learns that one is gone. */
export type RunOwner = { readonly text: string; readonly hasGone: (text: string) => boolean };

/** The one home of results: everything a run does, in one SQLite file. Every method has committed when it returns. */
export class Store {
  readonly #database: Sqlite;
  readonly #log: WriteAheadLog;
  readonly #blobs: BlobTable;
  readonly #now: () => Date;
  /** Lists, sums and single trials. */
  readonly runs: RunReader;
  readonly trajectories: TrajectoryReader;
  /** What the past tells of runs to come. */
  readonly history: HistoryReader;
  /** Every go at every trial. */
  readonly executions: ExecutionTable;
  /** Verdicts that take the place of others. */
  readonly verdicts: VerdictTable;
  /** What requests cost, and may cost. */
  readonly spending: SpendingTable;
  /** Arms by their names. */
  readonly arms: ArmFinder;
  /** Resolves when all that was committed would survive a loss of power too; rejects with what `storeFault` knows. */
  readonly flushed: () => Promise<void>;

  constructor(path: string, now: () => Date, mode: OpenMode = "write") {
    this.#database = openDatabase(path, mode);
    this.#now = now;
    this.#blobs = new BlobTable(this.#database);
    this.#log = new WriteAheadLog(path);
    this.flushed = new Sync(this.#log.writeThrough).flushed;
    this.executions = new ExecutionTable({ database: this.#database, blobs: this.#blobs, now, flushed: this.flushed });
    this.verdicts = new VerdictTable(this.#database, this.#blobs, now);
    this.spending = new SpendingTable(this.#database, now);
    this.runs = new RunReader(this.#database);
    this.arms = new ArmFinder(this.#database);
    this.history = new HistoryReader(this.#database);
    this.trajectories = new TrajectoryReader(this.#database, this.#blobs);
  }

  /** Keeps a run with its arms and tasks, before its first trial. */
  saveRun({ run, arms, tasks }: NewRun): void {
    const { tags = [], ...row } = run;
    const save = this.#database.transaction(() => {
      this.#database
        .prepare(
          "insert into runs (id, created_at, suite, suite_digest, attempts, harness_version, image, image_id, settings) values (@id, @createdAt, @suite, @suiteDigest, @attempts, @harnessVersion, @image, @imageId, @settings)",
        )
        .run({ ...row, settings: JSON.stringify(run.settings) });
      for (const tag of new Set(tags)) this.#database.prepare("insert into run_tags (run_id, tag) values (?, ?)").run(run.id, tag);
      for (const [position, arm] of arms.entries()) this.#saveArm(run.id, arm, position);
      for (const [position, task] of tasks.entries()) this.#saveTask(run.id, task, position);
    });
    save();
  }

  #saveArm(runId: string, arm: Arm, position: number): void {
    const { prompt, ...settings } = arm.settings;
    this.#database
      .prepare(
        "insert or ignore into arms (id, name, agent, api, model, prompt_name, prompt_digest, settings) values (@id, @name, @agent, @api, @model, @promptName, @promptDigest, @settings)",
      )
      .run({
        id: arm.id,
        name: arm.name,
        agent: JSON.stringify(arm.agent),
        api: arm.model.api,
        model: arm.model.model,
        promptName: prompt.name,
        promptDigest: prompt.digest,
        settings: JSON.stringify(settings),
      });
    const spec = JSON.stringify(withoutHeaderValues(arm.model));
    this.#database
      .prepare("insert into run_arms (run_id, arm_id, position, spec, name, prompt_name) values (?, ?, ?, ?, ?, ?)")
      .run(runId, arm.id, position, spec, arm.name, prompt.name);
  }

  #saveTask(runId: string, task: Task, position: number): void {
    saveTask(this.#database, this.#blobs, task);
    this.#database
      .prepare("insert into run_tasks (run_id, task_id, task_digest, position) values (?, ?, ?, ?)")
      .run(runId, task.id, task.digest, position);
  }

  /** Takes a run for this process; throws UserError while another process that still lives has it. */
  claimRun(runId: string, owner: RunOwner): void {
    const claim = this.#database.transaction(() => {
      const holder = this.#database.prepare("select owner from runs where id = ?").pluck().get(runId) as string | null;
      if (holder !== null && holder !== owner.text && !owner.hasGone(holder)) {
        throw new UserError(`Cannot resume run "${runId}": another process is running it; wait for it to end, or stop it first`);
      }
      this.#database.prepare("update runs set owner = ? where id = ?").run(owner.text, runId);
    });
    claim.immediate();
  }

  /** Marks a run as ended, with what stopped it before all was done; a run that goes on is marked with null. */
  endRun(runId: string, end: RunEnd | null, stoppedBy: string | null = null): void {
    const finishedAt = end ? this.#now().toISOString() : null;
    this.#database
      .prepare(
        "update runs set ended = @end, finished_at = @finishedAt, stopped_by = @stoppedBy, owner = case when @end is null then owner end where id = @runId",
      )
      .run({ end, finishedAt, stoppedBy, runId });
  }

  /** Takes finished trials of identical arms and tasks over from earlier runs; `imageOf` names that of each task. Tells how many. */
  reuseTrials(run: Pick<RunRecord, "id" | "attempts">, imageOf: Readonly<Record<string, TaskImage>>): number {
    return reuseTrials(this.#database, run, imageOf);
  }

  /** Marks a run as decided after so many attempts; the others are not wanted any more, nor what was taken over for them. */
  endRounds(runId: string, rounds: number): void {
    const end = this.#database.transaction(() => {
      this.#database.prepare("update runs set rounds = ? where id = ?").run(rounds, runId);
      this.#database.prepare("delete from trials where run_id = ? and attempt > ? and reused_from is not null").run(runId, rounds);
    });
    end();
  }

  /** Gives a name to a run or to one arm of it; a name that is there moves. */
  saveBaseline(name: string, { runId, armId }: { readonly runId: string; readonly armId: string | null }): void {
    this.#database
      .prepare("insert or replace into baselines (name, run_id, arm_id, saved_at) values (?, ?, ?, ?)")
      .run(name, runId, armId, this.#now().toISOString());
  }

  /** Forgets a baseline; tells whether there was one. */
  removeBaseline(name: string): boolean {
    return this.#database.prepare("delete from baselines where name = ?").run(name).changes > 0;
  }

  /** Keeps a finished trial, in the place of an earlier error of the same key. A graded trial is never replaced. */
  saveTrial(trial: Trial, executionId: number): number {
    const save = this.#database.transaction(() => {
      this.#database.prepare("update executions set ended = 'finished', reason = null where id = ?").run(executionId);
      const verdict = trial.outcome.kind === "graded" ? this.#blobs.put(JSON.stringify(trial.outcome.verdict)) : null;
      const row = this.#database.prepare(INSERT_TRIAL).get(trialRow(trial, executionId, verdict)) as { id: number } | undefined;
      if (!row)
        throw new Error(`Cannot save trial "${trial.key.taskId}" attempt ${trial.key.attempt}: it is already graded; this is a bug`);
      return row.id;
    });
    return save();
  }

  /** Keys of the trials of a run that need not run again: graded ones. */
  gradedKeys(runId: string): readonly TrialKey[] {
    return this.#database
      .prepare("select run_id as runId, task_id as taskId, arm_id as armId, attempt from trials where run_id = ? and outcome = 'graded'")
      .all(runId) as TrialKey[];
  }

  /** Names learned from the reference solution for this task and image, or null. */
  requiredTests(taskDigest: string, imageId: string): readonly string[] | null {
    const row = this.#database
      .prepare("select names from required_tests where task_digest = ? and image_id = ?")
      .get(taskDigest, imageId) as { names: string } | undefined;
    return row ? (JSON.parse(row.names) as string[]) : null;
  }

  /** Keeps the names learned from the reference solution. */
  saveRequiredTests(taskDigest: string, imageId: string, names: readonly string[]): void {
    this.#database
      .prepare("insert or replace into required_tests (task_digest, image_id, names) values (?, ?, ?)")
      .run(taskDigest, imageId, JSON.stringify(names));
  }

  /** Finds a run by its id, the start of it, or `latest`; throws UserError when none or several match. */
  findRun(name: string): RunRecord {
    const found = this.runs.matching(name);
    const [only, second] = found;
    if (!only) throw new UserError(`Cannot find run "${name}": the database has none of that name; see "bench list"`);
    if (second) throw new UserError(`Cannot find run "${name}": ${found.length} runs start like that; give more of the name`);
    return only;
  }

  /** Closes the database file. */
  close(): void {
    this.#log.close();
    this.#database.close();
  }
}

// A header may carry a secret; its name is enough to know that it was sent.
function withoutHeaderValues(spec: ModelSpec): ModelSpec {
  return {
    ...spec,
    extraBody: withoutSecrets(spec.extraBody) as ModelSpec["extraBody"],
    headers: Object.fromEntries(Object.keys(spec.headers).map((name) => [name, "(not stored)"])),
  };
}

const SECRET_NAME = /auth|key|token|secret|password/i;

// A field of the body may carry one, too.
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === "string" && SECRET_NAME.test(name) ? "(not stored)" : withoutSecrets(inner),
    ]),
  );
}
