import { UNNAMED } from "../../core/held-back.ts";
import type { HeldBackResult } from "../../core/record.ts";
import type { Sqlite } from "../database.ts";
import { name, total } from "../query/column.ts";
import { Query } from "../query/query.ts";

const MAX_FILES = 200;

// What the rule of a task does not name was its author's choice: only "bench show" tells of it.
const LISTED = `json_each(iif(json_valid(t.held_back), t.held_back, '[]')) f where json_extract(f.value, '$.reason') <> '${UNNAMED}'`;

const OF_RUN = "t.run_id = @run and t.attempt <= @maxAttempt and t.held_back <> '[]'";

const COUNTED = `from trials t where ${OF_RUN} and exists (select 1 from ${LISTED}) group by t.arm_id`;

const FILES = `from trials t, ${LISTED} and ${OF_RUN} group by 1, 2, 3 order by 4 desc, 2 limit ${MAX_FILES}`;

/** Reads, for each arm of a run, in how many trials files of the agent were not graded, and the files that were so most often. */
export function heldBackResults(
  database: Sqlite,
  wanted: { readonly run: string; readonly maxAttempt: number },
): ReadonlyMap<string, HeldBackResult> {
  const arms = new Query(database, { columns: { armId: name("t.arm_id"), trials: total("count(*)") }, rest: COUNTED }).all(wanted);
  if (arms.length === 0) return new Map();
  const columns = {
    armId: name("t.arm_id"),
    path: name("json_extract(f.value, '$.path')"),
    reason: name("json_extract(f.value, '$.reason')"),
    trials: total("count(*)"),
  };
  const files = new Query(database, { columns, rest: FILES }).all(wanted);
  const ofArm = (id: string) => files.filter(({ armId }) => armId === id).map(({ armId: _armId, ...file }) => file);
  return new Map(arms.map(({ armId, trials }) => [armId, { trials, files: ofArm(armId).slice(0, MAX_SHOWN) }]));
}

const MAX_SHOWN = 3;
