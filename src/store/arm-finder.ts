import type { Sqlite } from "./database.ts";

/** An arm as it stands in a run, by all the names that a person may use for it. */
export type ArmName = {
  readonly runId: string;
  readonly armId: string;
  readonly name: string;
  readonly model: string;
  readonly promptName: string;
};

const COLUMNS =
  "ra.run_id as runId, a.id as armId, coalesce(ra.name, a.name) as name, a.model, coalesce(ra.prompt_name, a.prompt_name) as promptName";

/** Finds arms by what people call them. */
export class ArmFinder {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** The arms of a run, in its order. */
  ofRun(runId: string): readonly ArmName[] {
    return this.#database
      .prepare(`select ${COLUMNS} from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position`)
      .all(runId) as ArmName[];
  }

  /** Runs with at least one graded trial that hold an arm of this name, model or prompt; newest first. */
  runsWith(name: string): readonly string[] {
    return this.#database
      .prepare(
        `select r.id from runs r where exists (
           select 1 from run_arms ra join arms a on a.id = ra.arm_id
           where ra.run_id = r.id and ? in (coalesce(ra.name, a.name), a.model, coalesce(ra.prompt_name, a.prompt_name))
             and exists (select 1 from trials t where t.run_id = ra.run_id and t.arm_id = ra.arm_id and t.outcome = 'graded'))
         order by r.created_at desc, r.id desc`,
      )
      .pluck()
      .all(name) as string[];
  }
}
