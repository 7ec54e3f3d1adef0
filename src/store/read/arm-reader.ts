import type { KnownArm } from "../../core/history.ts";
import type { Arm } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";

/** An arm of a run, with every name that people may use for it. */
export type ArmName = {
  readonly runId: string;
  readonly armId: string;
  readonly name: string;
  readonly model: string;
  readonly promptName: string;
};

// A run may name an arm and its prompt differently from the run that stored the arm first.
const NAME = "coalesce(ra.name, a.name)";
const PROMPT_NAME = "coalesce(ra.prompt_name, a.prompt_name)";

/** Reads arms, and finds them by their names. */
export class ArmReader {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** Reads the names of the arms of a run, in its order. */
  ofRun(runId: string): readonly ArmName[] {
    return this.#database
      .prepare(
        `select ra.run_id as runId, a.id as armId, ${NAME} as name, a.model, ${PROMPT_NAME} as promptName
         from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position`,
      )
      .all(runId) as ArmName[];
  }

  /** Finds the runs that have a graded trial of an arm with this name, model or prompt; returns their ids, newest first. */
  runsWith(name: string): readonly string[] {
    return this.#database
      .prepare(
        `select r.id from runs r where exists (
           select 1 from run_arms ra join arms a on a.id = ra.arm_id
           where ra.run_id = r.id and ? in (${NAME}, a.model, ${PROMPT_NAME})
             and exists (select 1 from trials t where t.run_id = ra.run_id and t.arm_id = ra.arm_id and t.outcome = 'graded'))
         order by r.created_at desc, r.id desc`,
      )
      .pluck()
      .all(name) as string[];
  }

  /** Reads every name that arms had in any run, with its model and prompt. */
  known(): readonly KnownArm[] {
    return this.#database.prepare("select distinct name, model, prompt from v_arms order by name, model, prompt").all() as KnownArm[];
  }

  /** Reads an arm with the settings it had in a run. The text of its prompt is empty, since it is only stored in the opening of each execution. */
  read(runId: string, armId: string): Arm {
    const row = this.#database
      .prepare(
        `select ${NAME} as name, ra.spec, a.agent, a.settings, ${PROMPT_NAME} as promptName, a.prompt_digest as promptDigest
         from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? and ra.arm_id = ?`,
      )
      .get(runId, armId) as { name: string; spec: string; agent: string; settings: string; promptName: string; promptDigest: string };
    const prompt = { name: row.promptName, text: "", digest: row.promptDigest };
    const settings = { ...(JSON.parse(row.settings) as Omit<Arm["settings"], "prompt">), prompt };
    const agent = JSON.parse(row.agent) as Arm["agent"];
    return { id: armId, name: row.name, agent, model: JSON.parse(row.spec) as Arm["model"], settings };
  }
}
