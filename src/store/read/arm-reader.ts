import type { KnownArm } from "../../core/history.ts";
import type { ModelSpec } from "../../core/model.ts";
import type { Arm } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";
import { json, MAX_NAME_BYTES, MAX_TEXT_BYTES, name, within } from "../query/column.ts";
import { damaged, Query, type RowOf } from "../query/query.ts";
import { AGENT, AGENT_SETTINGS, MODEL } from "../query/stored-shapes.ts";

// A run may name an arm and its prompt differently from the run that stored the arm first.
const NAME = "coalesce(ra.name, a.name)";
const PROMPT_NAME = "coalesce(ra.prompt_name, a.prompt_name)";

const BASE_URL = within("ra.spec", MAX_TEXT_BYTES, "json_extract(ra.spec, '$.baseUrl')");

const ARM_NAME = {
  runId: name("ra.run_id"),
  armId: name("a.id"),
  name: name(NAME),
  model: name("a.model"),
  promptName: name(PROMPT_NAME),
};

const ARM = {
  name: name(NAME),
  spec: json<ModelSpec>("ra.spec", MODEL),
  agent: json("a.agent", AGENT),
  settings: json("a.settings", AGENT_SETTINGS),
  promptName: name(PROMPT_NAME),
  promptDigest: name("a.prompt_digest"),
};

const KNOWN = { name: name("name"), model: name("model"), prompt: name("prompt") };

/** An arm of a run, with every name that people may use for it. */
export type ArmName = RowOf<typeof ARM_NAME>;

/** Reads arms, and finds them by their names. */
export class ArmReader {
  readonly #database: Sqlite;

  constructor(database: Sqlite) {
    this.#database = database;
  }

  /** Reads the names of the arms of a run, in its order. */
  ofRun(runId: string): readonly ArmName[] {
    const rest = "from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? order by ra.position";
    return new Query(this.#database, { columns: ARM_NAME, rest }).all(runId);
  }

  /** Finds the runs that have a graded trial of an arm with this name, model or prompt; returns their ids: complete runs first, then the newest. */
  runsWith(armName: string): readonly string[] {
    const rest = `from runs r where exists (
       select 1 from run_arms ra join arms a on a.id = ra.arm_id
       where ra.run_id = r.id and ? in (${NAME}, a.model, ${PROMPT_NAME})
         and exists (select 1 from trials t where t.run_id = ra.run_id and t.arm_id = ra.arm_id and t.outcome = 'graded'))
     order by r.ended is 'complete' desc, ${within("r.created_at", MAX_NAME_BYTES)} desc, r.id desc`;
    return new Query(this.#database, { columns: { id: name("r.id") }, rest }).all(armName).map(({ id }) => id);
  }

  /** Reads every name that arms had in any run, with its model and prompt. */
  known(): readonly KnownArm[] {
    const rest = `from (select distinct ${within("name", MAX_NAME_BYTES)} as name, ${within("model", MAX_NAME_BYTES)} as model,
      ${within("prompt", MAX_NAME_BYTES)} as prompt from v_arms) order by name, model, prompt`;
    return new Query(this.#database, { columns: KNOWN, rest }).all();
  }

  /** Returns whether an answer of this model at this address is stored, whatever the other settings of its arm. */
  hasAnswered({ api, model, baseUrl }: Pick<ModelSpec, "api" | "model" | "baseUrl">): boolean {
    const rest = `from run_arms ra join arms a on a.id = ra.arm_id
      where a.api = ? and a.model = ? and ${BASE_URL} = ?
        and exists (select 1 from executions e join steps s on s.execution_id = e.id where e.run_id = ra.run_id and e.arm_id = ra.arm_id) limit 1`;
    return new Query(this.#database, { columns: { id: name("a.id") }, rest }).first(api, model, baseUrl) !== undefined;
  }

  /** Reads an arm with the settings it had in a run. The text of its prompt is empty, since it is only stored in the opening of each execution. */
  read(runId: string, armId: string): Arm {
    const rest = "from run_arms ra join arms a on a.id = ra.arm_id where ra.run_id = ? and ra.arm_id = ?";
    const row = new Query(this.#database, { columns: ARM, rest }).first(runId, armId);
    if (row === undefined) throw damaged(this.#database, "an arm is missing that a trial refers to");
    const prompt = { name: row.promptName, text: "", digest: row.promptDigest };
    return { id: armId, name: row.name, agent: row.agent, model: row.spec, settings: { ...row.settings, prompt } };
  }
}
