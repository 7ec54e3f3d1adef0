import type { PastTrial, SeriesPoint } from "../../core/history.ts";
import type { Api } from "../../core/model.ts";
import { RUN_ENDS } from "../../core/record.ts";
import type { Arm } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";
import {
  amount,
  type Column,
  count,
  flag,
  json,
  MAX_NAME_BYTES,
  MAX_TEXT_BYTES,
  name,
  optional,
  sum,
  text,
  tokenCounts,
  total,
  UNKNOWN_USAGE,
  within,
  word,
} from "../query/column.ts";
import { damaged, Query } from "../query/query.ts";
import { PRICE, SETTINGS, TEXTS } from "../query/stored-shapes.ts";

// More would not make a forecast better, only slower.
const MAX_TRIALS = 20_000;

// The figures of a series that are held at once, one for each arm, run and task.
const MAX_CELLS = 1_000_000;

// The runs of a series are at most as many as the caller asks for; the tasks of each are bounded like those of any run.
const POINT = {
  runId: name("runId"),
  createdAt: name("createdAt"),
  suite: name("suite"),
  suiteDigest: name("suiteDigest"),
  settings: json("settings", SETTINGS),
  tags: json("tags", TEXTS),
  armId: name("armId"),
  name: name("name"),
  api: name("api") as Column<Api>,
  promptDigest: name("promptDigest"),
  errors: total("errors"),
  tampered: total("tampered"),
  end: optional(word("ended", RUN_ENDS)),
  stoppedBy: optional(text("stoppedBy")),
  tasks: total("tasks"),
  finishedTasks: total("finishedTasks"),
};

const POINTS = `
  from (
    select r.id as runId, ${within("r.created_at", MAX_NAME_BYTES)} as createdAt, r.suite, r.suite_digest as suiteDigest, r.settings,
      (select json_group_array(tag) from (select ${within("tag", MAX_NAME_BYTES)} as tag from run_tags where run_id = r.id limit 1000)) as tags,
      a.id as armId, v.name, a.api, a.prompt_digest as promptDigest,
      (select count(*) from trials t where t.run_id = r.id and t.arm_id = a.id and t.outcome = 'error') as errors,
      (select count(*) from trials t where t.run_id = r.id and t.arm_id = a.id and t.tampered > 0) as tampered,
      r.ended, r.stopped_by as stoppedBy, (select count(*) from run_tasks where run_id = r.id) as tasks,
      (select count(*) from (select 1 from trials t where t.run_id = r.id and t.arm_id = a.id group by t.task_id
        having count(*) >= coalesce(r.rounds, r.attempts))) as finishedTasks,
      row_number() over (partition by v.name order by r.created_at desc, r.id desc) as recency
    from v_arms v join runs r on r.id = v.run_id join arms a on a.id = v.arm_id
    where v.name in (select value from json_each(@names)) and (@suite is null or r.suite = @suite)
      and exists (select 1 from trials t where t.run_id = r.id and t.arm_id = a.id and t.outcome = 'graded'))
  where recency <= @limit order by createdAt, runId, name`;

const TASK_POINT = {
  taskId: name("task_id"),
  group: optional(name("(select rt.task_group from run_tasks rt where rt.run_id = trials.run_id and rt.task_id = trials.task_id)")),
  passed: total("sum(passed)"),
  trials: total("count(*)"),
  costUsd: optional(sum("case when count(*) = count(cost_usd) then sum(cost_usd) end")),
};

const PAST_TRIAL = {
  runId: name("t.run_id"),
  taskId: name("t.task_id"),
  taskDigest: name("rt.task_digest"),
  passed: flag("t.passed"),
  iterations: count("t.iterations"),
  ...tokenCounts("t."),
  isUsageKnown: flag(`not ${UNKNOWN_USAGE}`),
  costUsd: optional(amount("t.cost_usd")),
  price: optional(json(within("ra.spec", MAX_TEXT_BYTES, "json_extract(ra.spec, '$.price')"), PRICE)),
  workingMs: amount("t.working_ms"),
  endedAtCap: flag("coalesce(t.stop = 'budget-cost', 0)"),
  maxCostUsd: optional(amount(within("a.settings", MAX_TEXT_BYTES, "json_extract(a.settings, '$.limits.maxCostUsd')"))),
};

const MEAN_TIME = { armId: name("arm_id"), taskId: name("task_id"), ms: sum("avg(working_ms)"), trials: total("count(*)") };

/** The arms of a series, by name, and its runs: of one suite or all, at most the newest `limit` of each arm. */
export type SeriesChoice = { readonly names: readonly string[]; readonly suite: string | null; readonly limit: number };

/** Reads past runs for forecasts and trends: the trials of an arm or a model, and the results of arms over time. */
export class HistoryReader {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** Reads the graded trials of exactly this arm, newest first. */
  trialsOfArm(armId: string): readonly PastTrial[] {
    return this.#trials("t.arm_id = ?", [armId]);
  }

  /** Reads the graded trials of every arm with this agent and model, whatever its settings; newest first. */
  trialsOfModel({ agent, model }: Pick<Arm, "agent" | "model">): readonly PastTrial[] {
    const where = "a.api = ? and a.model = ? and json_extract(a.agent, '$.kind') = ? and json_extract(a.agent, '$.name') is ?";
    return this.#trials(where, [model.api, model.model, agent.kind, agent.kind === "cli" ? agent.name : null]);
  }

  /** Averages how long each of these arms worked on each task, in milliseconds, over its newest trials. */
  meanWorkingMs(
    armIds: readonly string[],
  ): readonly { readonly armId: string; readonly taskId: string; readonly ms: number; readonly trials: number }[] {
    const rest = `from (select * from trials where passed is not null and reused_from is null order by id desc limit ${MAX_TRIALS})
      where arm_id in (select value from json_each(?)) group by arm_id, task_id`;
    return new Query(this.#database, { columns: MEAN_TIME, rest }).all(JSON.stringify(armIds));
  }

  /** Reads the results of arms in each run, oldest first. Runs without a graded trial are left out. */
  series({ names, suite, limit }: SeriesChoice): readonly SeriesPoint[] {
    const points = new Query(this.#database, { columns: POINT, rest: POINTS }).all({ names: JSON.stringify(names), suite, limit });
    const rest = "from trials where run_id = ? and arm_id = ? and outcome = 'graded' group by task_id order by task_id";
    const tasks = new Query(this.#database, { columns: TASK_POINT, rest });
    let cells = 0;
    return points.map((point) => {
      const perTask = tasks.all(point.runId, point.armId);
      cells += perTask.length;
      if (cells > MAX_CELLS) throw damaged(this.#database, "its runs have too many tasks");
      if (perTask.some(({ passed, trials }) => passed > trials)) throw damaged(this.#database, "more trials passed than there are");
      return { ...point, perTask };
    });
  }

  // A trial that was reused from an earlier run would be counted twice.
  #trials(where: string, values: readonly (string | null)[]): readonly PastTrial[] {
    const rest = `from trials t join arms a on a.id = t.arm_id join run_arms ra on ra.run_id = t.run_id and ra.arm_id = t.arm_id
      join run_tasks rt on rt.run_id = t.run_id and rt.task_id = t.task_id
      where t.outcome = 'graded' and t.reused_from is null and ${where} order by t.started_at desc, t.id desc limit ${MAX_TRIALS}`;
    return new Query(this.#database, { columns: PAST_TRIAL, rest }).all(...values);
  }
}
