import type { PastTrial, SeriesPoint } from "../../core/history.ts";
import type { Arm } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";

// More would not make a forecast better, only slower.
const MAX_TRIALS = 20_000;

type Row = Readonly<Record<string, unknown>>;

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
    return this.#database
      .prepare(
        `select arm_id as armId, task_id as taskId, avg(working_ms) as ms, count(*) as trials
         from (select * from trials where passed is not null and reused_from is null order by id desc limit ${MAX_TRIALS})
         where arm_id in (select value from json_each(?)) group by arm_id, task_id`,
      )
      .all(JSON.stringify(armIds)) as { armId: string; taskId: string; ms: number; trials: number }[];
  }

  /** Reads the results of arms in each run, oldest first. Runs without a graded trial are left out. */
  series({ names, suite, limit }: SeriesChoice): readonly SeriesPoint[] {
    const rows = this.#database
      .prepare(
        `with points as (
           select r.id as runId, r.created_at as createdAt, r.suite, r.suite_digest as suiteDigest, r.settings,
             (select json_group_array(tag) from run_tags where run_id = r.id) as tags, a.id as armId, v.name, a.api, a.prompt_digest as promptDigest,
             (select count(*) from trials t where t.run_id = r.id and t.arm_id = a.id and t.outcome = 'error') as errors,
             row_number() over (partition by v.name order by r.created_at desc, r.id desc) as recency
           from v_arms v join runs r on r.id = v.run_id join arms a on a.id = v.arm_id
           where v.name in (select value from json_each(@names)) and (@suite is null or r.suite = @suite)
             and exists (select 1 from trials t where t.run_id = r.id and t.arm_id = a.id and t.outcome = 'graded'))
         select * from points where recency <= @limit order by createdAt, runId, name`,
      )
      .all({ names: JSON.stringify(names), suite, limit }) as Row[];
    return rows.map((row) => this.#point(row));
  }

  #point({ recency: _recency, settings, tags, ...row }: Row): SeriesPoint {
    const perTask = this.#database
      .prepare(
        `select task_id as taskId, sum(passed) as passed, count(*) as trials, case when count(*) = count(cost_usd) then sum(cost_usd) end as costUsd
         from trials where run_id = ? and arm_id = ? and outcome = 'graded' group by task_id order by task_id`,
      )
      .all(row["runId"], row["armId"]);
    return { ...row, settings: JSON.parse(String(settings)), tags: JSON.parse(String(tags)), perTask } as unknown as SeriesPoint;
  }

  // A trial that was reused from an earlier run would be counted twice.
  #trials(where: string, values: readonly (string | null)[]): readonly PastTrial[] {
    const rows = this.#database
      .prepare(
        `select t.run_id as runId, t.task_id as taskId, rt.task_digest as taskDigest, t.passed, t.iterations, t.input_tokens as inputTokens,
           t.cache_read_tokens as cacheReadTokens, t.cache_write_tokens as cacheWriteTokens, t.output_tokens as outputTokens, t.cost_usd as costUsd,
           json_extract(ra.spec, '$.price') as price, t.working_ms as workingMs
         from trials t join arms a on a.id = t.arm_id join run_arms ra on ra.run_id = t.run_id and ra.arm_id = t.arm_id
         join run_tasks rt on rt.run_id = t.run_id and rt.task_id = t.task_id
         where t.outcome = 'graded' and t.reused_from is null and ${where} order by t.started_at desc, t.id desc limit ${MAX_TRIALS}`,
      )
      .all(...values) as Row[];
    return rows.map((row) => {
      const price = row["price"] as string | null;
      return { ...row, passed: row["passed"] === 1, price: price === null ? null : JSON.parse(price) } as unknown as PastTrial;
    });
  }
}
