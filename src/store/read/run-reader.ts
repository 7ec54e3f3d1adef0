import type { ArmResult, Baseline, RunListing, RunRecord, TrialRecord } from "../../core/record.ts";
import type { Sqlite } from "../database.ts";
import { type ArmFilter, armResults } from "./arm-result.ts";

const RUN_COLUMNS =
  "id, created_at as createdAt, finished_at as finishedAt, ended as end, suite, suite_digest as suiteDigest, coalesce(rounds, attempts) as attempts, harness_version as harnessVersion, image, image_id as imageId, settings, (select json_group_array(tag) from run_tags where run_id = runs.id) as tags";

const TRIAL_COLUMNS = `
  t.id, t.run_id as runId, t.task_id as taskId, t.arm_id as armId, coalesce(ra.name, a.name) as armName, a.api as armApi, t.attempt, t.passed, t.stop, t.reason, t.tests_passed as testsPassed,
  t.tests_total as testsTotal, t.error_source as errorSource, t.error_message as errorMessage, t.tampered, t.iterations, t.input_tokens as inputTokens,
  t.cache_read_tokens as cacheReadTokens, t.cache_write_tokens as cacheWriteTokens, t.output_tokens as outputTokens, t.cost_usd as costUsd, t.unbilled_attempts as unbilledAttempts, t.working_ms as workingMs, t.stop_detail as stopDetail`;

const FROM_TRIALS = "from trials t join arms a on a.id = t.arm_id join run_arms ra on ra.run_id = t.run_id and ra.arm_id = t.arm_id";

const LISTING = `
  select r.id, r.created_at as createdAt, r.finished_at as finishedAt, r.ended as end, r.suite, r.suite_digest as suiteDigest, coalesce(r.rounds, r.attempts) as attempts,
    (select json_group_array(tag) from run_tags where run_id = r.id) as tags, r.harness_version as harnessVersion, r.image, r.image_id as imageId, r.settings,
    (select json_group_array(json_object('name', name, 'api', api)) from (select coalesce(ra.name, a.name) as name, a.api from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = r.id order by ra.position)) as arms,
    (select count(*) from run_tasks where run_id = r.id) * (select count(*) from run_arms where run_id = r.id) * coalesce(r.rounds, r.attempts) as planned,
    (select coalesce(sum(passed), 0) from trials where run_id = r.id and passed is not null) as passed,
    (select count(*) from trials where run_id = r.id and passed is not null) as graded,
    (select count(*) from trials where run_id = r.id and passed is null) as errors,
    (select case when count(*) = count(usd) then coalesce(sum(usd), 0) end from (
       select cost_usd as usd from trials where run_id = r.id and reused_from is null and passed is not null union all
       select cost_usd from trials where run_id = r.id and reused_from is null and passed is null)) as costUsd
  from runs r order by r.created_at desc, r.id desc limit ?`;

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
    const rows =
      name === "latest"
        ? this.#database.prepare(`select ${RUN_COLUMNS} from runs order by created_at desc, id desc limit 1`).all()
        : this.#database.prepare(`select ${RUN_COLUMNS} from runs where substr(id, 1, length(?)) = ?`).all(name, name);
    return (rows as Record<string, unknown>[]).map(toRun);
  }

  /** Reads the newest run with a tag, or null. */
  newestTagged(tag: string): RunRecord | null {
    return this.#newest("id in (select run_id from run_tags where tag = ?)", tag);
  }

  /** Reads the newest complete run on a git branch, or null. */
  newestOnBranch(branch: string): RunRecord | null {
    return this.#newest("ended = 'complete' and json_extract(settings, '$.git.branch') = ?", branch);
  }

  #newest(where: string, value: string): RunRecord | null {
    const row = this.#database
      .prepare(`select ${RUN_COLUMNS} from runs where ${where} order by created_at desc, id desc limit 1`)
      .get(value);
    return row ? toRun(row as Record<string, unknown>) : null;
  }

  /** Reads a baseline by its name, or null. */
  baseline(name: string): Baseline | null {
    return this.baselines().find((baseline) => baseline.name === name) ?? null;
  }

  /** Reads all baselines, ordered by name. */
  baselines(): readonly Baseline[] {
    const sql = "select name, run_id as runId, arm_id as armId, saved_at as savedAt from baselines order by name";
    return this.#database.prepare(sql).all() as Baseline[];
  }

  /** Reads the newest runs, at most `limit`, with counts of their trials. */
  list(limit: number): readonly RunListing[] {
    const rows = this.#database.prepare(LISTING).all(limit) as (Record<string, unknown> & { arms: string })[];
    return rows.map((row) => ({ ...row, ...toRun(row), arms: JSON.parse(row.arms) as RunListing["arms"] }) as unknown as RunListing);
  }

  /** Reads which tasks, in which versions, and which arms a run consists of, in its order. */
  shape(runId: string): RunShape {
    const tasks = this.#database
      .prepare("select task_id as id, task_digest as digest from run_tasks where run_id = ? order by position")
      .all(runId);
    const arms = this.#database
      .prepare(
        "select a.id, coalesce(ra.name, a.name) as name from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position",
      )
      .all(runId);
    return { tasks, arms } as RunShape;
  }

  /** Reads the figures of the arms of a run, in its order. */
  arms(runId: string, filter: ArmFilter = {}): readonly ArmResult[] {
    return armResults(this.#database, runId, filter);
  }

  /** Reads the finished trials of a run, ordered by id. */
  trials(runId: string): readonly TrialRecord[] {
    const rows = this.#database.prepare(`select ${TRIAL_COLUMNS} ${FROM_TRIALS} where t.run_id = ? order by t.id`).all(runId);
    return (rows as Record<string, unknown>[]).map(toTrial);
  }

  /** Reads the first `limit` trials of a run that did not pass, and counts all of them. */
  notPassed(runId: string, limit: number): { readonly trials: readonly TrialRecord[]; readonly total: number } {
    const where = "t.run_id = ? and t.passed is not 1";
    const rows = this.#database.prepare(`select ${TRIAL_COLUMNS} ${FROM_TRIALS} where ${where} order by t.id limit ?`).all(runId, limit);
    const total = this.#database.prepare(`select count(*) from trials t where ${where}`).pluck().get(runId) as number;
    return { trials: (rows as Record<string, unknown>[]).map(toTrial), total };
  }

  /** Reads a finished trial by its id, or null. */
  trial(id: number): TrialRecord | null {
    const row = this.#database.prepare(`select ${TRIAL_COLUMNS} ${FROM_TRIALS} where t.id = ?`).get(id);
    return row ? toTrial(row as Record<string, unknown>) : null;
  }
}

function toRun(row: Record<string, unknown>): RunRecord {
  const tags: unknown = JSON.parse(String(row["tags"]));
  return { ...row, tags, settings: JSON.parse(String(row["settings"])) } as unknown as RunRecord;
}

function toTrial(row: Record<string, unknown>): TrialRecord {
  return { ...row, passed: row["passed"] === null ? null : row["passed"] === 1, tampered: row["tampered"] === 1 } as unknown as TrialRecord;
}
