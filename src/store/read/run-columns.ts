import { RUN_ENDS } from "../../core/record.ts";
import { count, json, MAX_NAME_BYTES, name, optional, sum, text, total, within, word } from "../query/column.ts";
import { LISTED_ARMS, SETTINGS, TEXTS } from "../query/stored-shapes.ts";

// The most that the command line takes.
const MAX_ATTEMPTS = 1_000_000;

// As many of a run's tags and arms as a list shows; an honest run has fewer.
const MAX_LISTED = 1_000;

const TAGS = `(select json_group_array(tag) from (select ${within("tag", MAX_NAME_BYTES, "tag")} as tag from run_tags where run_id = r.id limit ${MAX_LISTED}))`;

/** The columns of a run, which the query calls `r`. */
export const RUN = {
  id: name("r.id"),
  createdAt: name("r.created_at"),
  finishedAt: optional(name("r.finished_at")),
  end: optional(word("r.ended", RUN_ENDS)),
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

const TRIALS_OF_TASK = "coalesce(r.rounds, r.attempts) * (select count(*) from run_arms where run_id = r.id)";

const FINISHED_TASKS = `(select count(*) from (select 1 from trials where run_id = r.id group by task_id having count(*) >= ${TRIALS_OF_TASK}))`;

/** The columns of a run in a list, over `LISTED`. */
export const LISTED_RUN = {
  ...RUN,
  arms: json(ARMS, LISTED_ARMS),
  planned: total(`${TASKS} * ${TRIALS_OF_TASK}`),
  passed: total("coalesce(g.passed, 0)"),
  graded: total("coalesce(g.trials, 0)"),
  errors: total("coalesce(e.trials, 0)"),
  tasks: total(TASKS),
  unfinishedTasks: total(`iif(r.ended is 'complete', 0, max(0, ${TASKS} - ${FINISHED_TASKS}))`),
  costUsd: optional(sum("iif(coalesce(g.unknown, 0) + coalesce(e.unknown, 0) > 0, null, coalesce(g.usd, 0) + coalesce(e.usd, 0))")),
  unbilledAttempts: total("coalesce(g.unbilled, 0) + coalesce(e.unbilled, 0)"),
};

/** Orders runs by their start, the newest first; an absurdly long date would be loaded to be compared. */
export const NEWEST = `order by ${within("r.created_at", MAX_NAME_BYTES)} desc, r.id desc`;

const LISTED_IDS = `select id from runs r ${NEWEST} limit @limit`;

// Trials that were reused from earlier runs were not paid for again.
const SUMS = `run_id, count(*) as trials, sum(passed) as passed, sum(reused_from is null and cost_usd is null) as unknown,
  sum(iif(reused_from is null, cost_usd, 0)) as usd, sum(iif(reused_from is null, unbilled_attempts, 0)) as unbilled`;

/** The newest `@limit` runs with sums over their trials, which are read once: graded ones from an index alone, and errors, which an index finds. */
export const LISTED = `from runs r
  left join (select ${SUMS} from trials where run_id in (${LISTED_IDS}) and passed is not null group by run_id) g on g.run_id = r.id
  left join (select ${SUMS} from trials where id in (select id from trials where run_id in (${LISTED_IDS}) and passed is null) group by run_id) e on e.run_id = r.id
  where r.id in (${LISTED_IDS}) ${NEWEST}`;
