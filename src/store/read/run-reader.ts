import type { StopKind } from "../../core/agent.ts";
import type { CapStop } from "../../core/cap.ts";
import type { InfraSource } from "../../core/errors.ts";
import type { Api } from "../../core/model.ts";
import type { ArmResult, Baseline, RunListing, RunRecord, TrialRecord } from "../../core/record.ts";
import type { VerdictReason } from "../../core/verdict.ts";
import type { Sqlite } from "../database.ts";
import {
  amount,
  type Column,
  count,
  flag,
  json,
  knownTokenCounts,
  MAX_NAME_BYTES,
  name,
  optional,
  sum,
  text,
  total,
  UNKNOWN_USAGE,
  within,
  word,
} from "../query/column.ts";
import { Query } from "../query/query.ts";
import { HELD_BACK, LISTED_ARMS, SETTINGS, TEXTS } from "../query/stored-shapes.ts";
import { type ArmFilter, armResults } from "./arm-result.ts";
import { capStopsOf, type MaybeStopped } from "./cap-result.ts";
import { type TaskMistakes, taskMistakesOf } from "./task-mistakes.ts";

// The most that the command line takes.
const MAX_ATTEMPTS = 1_000_000;

// Twice as many as the largest run that was ever measured.
const MAX_TRIALS = 2_000_000;

const MAX_RUNS = 100_000;

// As many of a run's tags and arms as a list shows; an honest run has fewer.
const MAX_LISTED = 1_000;

const TAGS = `(select json_group_array(tag) from (select ${within("tag", MAX_NAME_BYTES, "tag")} as tag from run_tags where run_id = r.id limit ${MAX_LISTED}))`;

const RUN = {
  id: name("r.id"),
  createdAt: name("r.created_at"),
  finishedAt: optional(name("r.finished_at")),
  end: optional(word("r.ended", ["complete", "interrupted", "failed"] as const)),
  stoppedBy: optional(text("r.stopped_by")),
  suite: name("r.suite"),
  suiteDigest: name("r.suite_digest"),
  attempts: count("coalesce(r.rounds, r.attempts)", MAX_ATTEMPTS),
  harnessVersion: name("r.harness_version"),
  image: name("r.image"),
  imageId: name("r.image_id"),
  settings: json("r.settings", SETTINGS),
  tags: json(TAGS, TEXTS),
};

const ARMS = `(select json_group_array(json_object('name', name, 'api', api)) from (
  select ${within("coalesce(ra.name, a.name)", MAX_NAME_BYTES)} as name, ${within("a.api", MAX_NAME_BYTES)} as api
  from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = r.id order by ra.position limit ${MAX_LISTED}))`;

const TASKS = "(select count(*) from run_tasks where run_id = r.id)";

const FINISHED_TASKS = `(select count(*) from (select 1 from trials where run_id = r.id group by task_id
  having count(*) >= coalesce(r.rounds, r.attempts) * (select count(*) from run_arms where run_id = r.id)))`;

const LISTED_RUN = {
  ...RUN,
  arms: json(ARMS, LISTED_ARMS),
  planned: total(
    "(select count(*) from run_tasks where run_id = r.id) * (select count(*) from run_arms where run_id = r.id) * coalesce(r.rounds, r.attempts)",
  ),
  passed: total("coalesce(g.passed, 0)"),
  graded: total("coalesce(g.trials, 0)"),
  errors: total("coalesce(e.trials, 0)"),
  tasks: total(TASKS),
  unfinishedTasks: total(`iif(r.ended is 'complete', 0, max(0, ${TASKS} - ${FINISHED_TASKS}))`),
  costUsd: optional(sum("iif(coalesce(g.unknown, 0) + coalesce(e.unknown, 0) > 0, null, coalesce(g.usd, 0) + coalesce(e.usd, 0))")),
  unbilledAttempts: total("coalesce(g.unbilled, 0) + coalesce(e.unbilled, 0)"),
};

const OWNER = { id: name("id"), owner: text("owner") };

// Where there is nothing but requests that may have been billed, no cost is known, which is not the same as none.
const KNOWN_COST = "iif(t.iterations = 0 and t.unbilled_attempts > 0, null, t.cost_usd)";

const TRIAL = {
  id: count("t.id"),
  runId: name("t.run_id"),
  taskId: name("t.task_id"),
  armId: name("t.arm_id"),
  armName: name("coalesce(ra.name, a.name)"),
  armApi: name("a.api") as Column<Api>,
  attempt: count("t.attempt"),
  passed: optional(flag("t.passed")),
  stop: optional(name("t.stop")) as Column<StopKind | null>,
  reason: optional(name("t.reason")) as Column<VerdictReason | null>,
  testsPassed: optional(count("t.tests_passed")),
  testsTotal: optional(count("t.tests_total")),
  errorSource: optional(name("t.error_source")) as Column<InfraSource | null>,
  errorMessage: optional(text("t.error_message")),
  tampered: flag("t.tampered"),
  isolation: optional(word("t.isolation", ["process", "process-one-user", "none"] as const)),
  heldBack: json("t.held_back", HELD_BACK),
  iterations: count("t.iterations"),
  ...knownTokenCounts(UNKNOWN_USAGE, "t."),
  costUsd: optional(amount(KNOWN_COST)),
  unbilledAttempts: count("t.unbilled_attempts"),
  assumedUsd: amount("t.assumed_usd"),
  unknownUsageSteps: count("t.unknown_usage_steps"),
  doubtfulUsageSteps: count("t.doubtful_usage_steps"),
  workingMs: amount("t.working_ms"),
  modelMs: optional(amount("t.model_ms")),
  firstTokenMs: optional(amount("t.first_token_ms")),
  stopDetail: optional(text("t.stop_detail")),
};

const BASELINE = { name: name("name"), runId: name("run_id"), armId: optional(name("arm_id")), savedAt: name("saved_at") };

const FROM_TRIALS = "from trials t join arms a on a.id = t.arm_id join run_arms ra on ra.run_id = t.run_id and ra.arm_id = t.arm_id";

// The newest first; an absurdly long date would be loaded to be compared.
const NEWEST = `order by ${within("r.created_at", MAX_NAME_BYTES)} desc, r.id desc`;

// A run that was cut off may lack the tasks that its reader wants to compare.
const NEWEST_COMPLETE = NEWEST.replace("order by", "order by r.ended is 'complete' desc,");

const LISTED_IDS = `select id from runs r ${NEWEST} limit @limit`;

// Trials that were reused from earlier runs were not paid for again.
const SUMS = `run_id, count(*) as trials, sum(passed) as passed, sum(reused_from is null and cost_usd is null) as unknown,
  sum(iif(reused_from is null, cost_usd, 0)) as usd, sum(iif(reused_from is null, unbilled_attempts, 0)) as unbilled`;

// The trials of each run are read once: graded ones from an index alone, and errors, which an index finds.
const LISTED = `from runs r
  left join (select ${SUMS} from trials where run_id in (${LISTED_IDS}) and passed is not null group by run_id) g on g.run_id = r.id
  left join (select ${SUMS} from trials where id in (select id from trials where run_id in (${LISTED_IDS}) and passed is null) group by run_id) e on e.run_id = r.id
  where r.id in (${LISTED_IDS}) ${NEWEST}`;

/** The tasks and arms of a run, by id. */
export type RunShape = {
  readonly tasks: readonly { readonly id: string; readonly digest: string }[];
  readonly arms: readonly { readonly id: string; readonly name: string }[];
};

/** Reads runs, their figures, their trials and the baselines. */
export class RunReader {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** Reads the runs whose id is or starts with `name`; `latest` is the newest run. */
  matching(name: string): readonly RunRecord[] {
    if (name === "latest") return this.#runs(`${NEWEST} limit 1`).all();
    return this.#runs("where substr(r.id, 1, length(?)) = ? order by r.id limit 1000").all(name, name);
  }

  /** Reads the newest complete run with a tag, else the newest with it, or null. */
  newestTagged(tag: string): RunRecord | null {
    return this.#runs(`where r.id in (select run_id from run_tags where tag = ?) ${NEWEST_COMPLETE} limit 1`).first(tag) ?? null;
  }

  /** Reads the newest complete run on a git branch, or null. */
  newestOnBranch(branch: string): RunRecord | null {
    const settings = within("r.settings", 4 * 1024 * 1024, "json_extract(r.settings, '$.git.branch')");
    return this.#runs(`where r.ended = 'complete' and ${settings} = ? ${NEWEST} limit 1`).first(branch) ?? null;
  }

  #runs(rest: string): Query<typeof RUN> {
    return new Query(this.#database, { columns: RUN, rest: `from runs r ${rest}` });
  }

  /** Reads a baseline by its name, or null. */
  baseline(name: string): Baseline | null {
    return this.baselines().find((baseline) => baseline.name === name) ?? null;
  }

  /** Reads all baselines, ordered by name. */
  baselines(): readonly Baseline[] {
    return new Query(this.#database, { columns: BASELINE, rest: "from baselines order by 1" }).all();
  }

  /** Reads the newest runs, at most `limit`, with counts of their trials. */
  list(limit: number): readonly RunListing[] {
    return new Query(this.#database, { columns: LISTED_RUN, rest: LISTED }).all({ limit });
  }

  /** Reads which process runs each run that has not ended, as text; runs that nobody claimed are left out. */
  owners(): ReadonlyMap<string, string> {
    const rest = "from runs where ended is null and owner is not null";
    const rows = new Query(this.#database, { columns: OWNER, rest, maxRows: MAX_RUNS }).all();
    return new Map(rows.map(({ id, owner }) => [id, owner]));
  }

  /** Reads which tasks, in which versions, and which arms a run consists of, in its order. */
  shape(runId: string): RunShape {
    const tasks = { id: name("task_id"), digest: name("task_digest") };
    const arms = { id: name("a.id"), name: name("coalesce(ra.name, a.name)") };
    return {
      tasks: new Query(this.#database, { columns: tasks, rest: "from run_tasks where run_id = ? order by position" }).all(runId),
      arms: new Query(this.#database, {
        columns: arms,
        rest: "from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position",
      }).all(runId),
    };
  }

  /** Reads the figures of the arms of a run, in its order. */
  arms(runId: string, filter: ArmFilter = {}): readonly ArmResult[] {
    return armResults(this.#database, runId, filter);
  }

  /** Lists the runs that made the trials of an arm of a run: itself, and those from which it reused some. */
  origins(runId: string, armId: string): readonly string[] {
    const rest = `from (select distinct coalesce(before.run_id, t.run_id) as run_id from trials t left join trials before on before.id = t.reused_from
      where t.run_id = ? and t.arm_id = ?)`;
    return new Query(this.#database, { columns: { runId: name("run_id") }, rest }).all(runId, armId).map((row) => row.runId);
  }

  /** Reads which caps of the run or of its models stopped a run, with what was spent of them; empty for a run that no cap stopped. */
  capStops(stopped: MaybeStopped): readonly CapStop[] {
    return capStopsOf(this.#database, stopped);
  }

  /** Reads the finished trials of a run, ordered by id. */
  trials(runId: string): readonly TrialRecord[] {
    return this.#trials("where t.run_id = ? order by t.id").all(runId);
  }

  /** Reads the first `limit` trials of a run that did not pass, and counts all of them. */
  notPassed(runId: string, limit: number): { readonly trials: readonly TrialRecord[]; readonly total: number } {
    const where = "t.run_id = ? and t.passed is not 1";
    const counted = new Query(this.#database, { columns: { total: total("count(*)") }, rest: `from trials t where ${where}` });
    return {
      trials: this.#trials(`where ${where} order by t.id limit ?`).all(runId, limit),
      total: counted.first(runId)?.total ?? 0,
    };
  }

  /** Reads the tasks of a run that have a mistake, and counts the errors that have another cause. */
  taskMistakes(runId: string): TaskMistakes {
    return taskMistakesOf(this.#database, runId);
  }

  /** Reads a finished trial by its id, or null. */
  trial(id: number): TrialRecord | null {
    return this.#trials("where t.id = ?").first(id) ?? null;
  }

  #trials(rest: string): Query<typeof TRIAL> {
    return new Query(this.#database, { columns: TRIAL, rest: `${FROM_TRIALS} ${rest}`, maxRows: MAX_TRIALS });
  }
}
