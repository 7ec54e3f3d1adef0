import type { ArmResult, Baseline, RunListing, RunRecord, TrialRecord } from "../core/record.ts";
import type { Arm } from "../core/trial.ts";
import { type ArmPart, armResults } from "./arm-result.ts";
import type { Sqlite } from "./database.ts";

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

/** The tasks and arms of a run. */
export type RunDeps_ = {
  readonly tasks: readonly { readonly id: string; readonly digest: string }[];
  readonly arms: readonly { readonly id: string; readonly name: string }[];
};

/** Reads runs, their sums and their trials. */
export class RunReader {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** Runs whose id is the name or starts with it; `latest` is the newest. */
  matching(name: string): readonly RunRecord[] {
    const rows =
      name === "latest"
        ? this.#database.prepare(`select ${RUN_COLUMNS} from runs order by created_at desc, id desc limit 1`).all()
        : this.#database.prepare(`select ${RUN_COLUMNS} from runs where substr(id, 1, length(?)) = ?`).all(name, name);
    return (rows as Record<string, unknown>[]).map(toRun);
  }

  /** The newest run with a tag, or null. */
  newestTagged(tag: string): RunRecord | null {
    return this.#newest("id in (select run_id from run_tags where tag = ?)", tag);
  }

  /** The newest run that came to its end on a branch, or null. */
  newestOnBranch(branch: string): RunRecord | null {
    return this.#newest("ended = 'complete' and json_extract(settings, '$.git.branch') = ?", branch);
  }

  #newest(where: string, value: string): RunRecord | null {
    const row = this.#database
      .prepare(`select ${RUN_COLUMNS} from runs where ${where} order by created_at desc, id desc limit 1`)
      .get(value);
    return row ? toRun(row as Record<string, unknown>) : null;
  }

  /** A baseline by its name, or null. */
  baseline(name: string): Baseline | null {
    return this.baselines().find((one) => one.name === name) ?? null;
  }

  /** All baselines by name. */
  baselines(): readonly Baseline[] {
    const sql = "select name, run_id as runId, arm_id as armId, saved_at as savedAt from baselines order by name";
    return this.#database.prepare(sql).all() as Baseline[];
  }

  /** The newest runs, at most `limit`. */
  list(limit: number): readonly RunListing[] {
    const rows = this.#database.prepare(LISTING).all(limit) as (Record<string, unknown> & { arms: string })[];
    return rows.map((row) => ({ ...row, ...toRun(row), arms: JSON.parse(row.arms) as RunListing["arms"] }) as unknown as RunListing);
  }

  /** What a run was made of: its tasks and arms by their digests. */
  shape(runId: string): RunDeps_ {
    const tasks = this.#database
      .prepare("select task_id as id, task_digest as digest from run_tasks where run_id = ? order by position")
      .all(runId);
    const arms = this.#database
      .prepare(
        "select a.id, coalesce(ra.name, a.name) as name from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position",
      )
      .all(runId);
    return { tasks, arms } as RunDeps_;
  }

  /** One arm of a run as it was run. The text of its prompt is not kept with it; the opening of each trial holds what the model was told. */
  arm(runId: string, armId: string): Arm {
    const row = this.#database
      .prepare(
        "select coalesce(ra.name, a.name) as name, ra.spec, a.agent, a.settings, coalesce(ra.prompt_name, a.prompt_name) as promptName, a.prompt_digest as promptDigest from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? and ra.arm_id = ?",
      )
      .get(runId, armId) as { name: string; spec: string; agent: string; settings: string; promptName: string; promptDigest: string };
    const prompt = { name: row.promptName, text: "", digest: row.promptDigest };
    const settings = { ...(JSON.parse(row.settings) as Omit<Arm["settings"], "prompt">), prompt };
    const agent = JSON.parse(row.agent) as Arm["agent"];
    return { id: armId, name: row.name, agent, model: JSON.parse(row.spec) as Arm["model"], settings };
  }

  /** The figures of the arms of a run, in its order. */
  arms(runId: string, part: ArmPart = {}): readonly ArmResult[] {
    return armResults(this.#database, runId, part);
  }

  /** The finished trials of a run, in the order they were asked for. */
  trials(runId: string): readonly TrialRecord[] {
    const rows = this.#database.prepare(`select ${TRIAL_COLUMNS} ${FROM_TRIALS} where t.run_id = ? order by t.id`).all(runId);
    return (rows as Record<string, unknown>[]).map(toTrial);
  }

  /** The first trials of a run that did not pass, and how many there are. */
  notPassed(runId: string, limit: number): { readonly trials: readonly TrialRecord[]; readonly total: number } {
    const where = "t.run_id = ? and t.passed is not 1";
    const rows = this.#database.prepare(`select ${TRIAL_COLUMNS} ${FROM_TRIALS} where ${where} order by t.id limit ?`).all(runId, limit);
    const total = this.#database.prepare(`select count(*) from trials t where ${where}`).pluck().get(runId) as number;
    return { trials: (rows as Record<string, unknown>[]).map(toTrial), total };
  }

  /** One finished trial by its number, or null. */
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
