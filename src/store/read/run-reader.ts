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
  name,
  optional,
  text,
  total,
  UNKNOWN_USAGE,
  within,
  word,
} from "../query/column.ts";
import { Query } from "../query/query.ts";
import { HELD_BACK, REWARDS } from "../query/stored-shapes.ts";
import { type ArmFilter, armResults } from "./arm-result.ts";
import { capStopsOf, type MaybeStopped } from "./cap-result.ts";
import { LISTED, LISTED_RUN, NEWEST, RUN } from "./run-columns.ts";
import { type TaskMistakes, taskMistakesOf } from "./task-mistakes.ts";

// Twice as many as the largest run that was ever measured.
const MAX_TRIALS = 2_000_000;

const MAX_RUNS = 100_000;

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
  isolation: optional(word("t.isolation", ["process", "process-one-user", "none", "state"] as const)),
  heldBack: json("t.held_back", HELD_BACK),
  rewards: optional(json("t.rewards", REWARDS)),
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

// A run that was cut off may lack the tasks that its reader wants to compare.
const NEWEST_COMPLETE = NEWEST.replace("order by", "order by r.ended is 'complete' desc,");

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
