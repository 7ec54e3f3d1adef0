import type { Database } from "better-sqlite3";

/** A table or view of today: its first version with this name and these columns, and what it is made of in those before. */
type Today = { readonly name: string; readonly since: number; readonly before: (version: number) => string };

const none = (columns: string): string => `select ${columns.replaceAll(/\w+/g, "null as $&")} where 0`;

const renamed =
  (table: string, columns = "try_id as execution_id") =>
  (): string =>
    `select *, ${columns} from main.${table}`;

// Sums the costs of an arm's steps, which versions since the fourth keep.
const SPENT =
  "coalesce((select sum(s.cost_usd) from main.tries r join main.steps s on s.try_id = r.id where r.run_id = o.run_id and r.arm_id = o.arm_id), 0) as spent_usd";

const V_ARMS = `
  select ra.run_id, a.id as arm_id, coalesce(ra.name, a.name) as name,
    case agent ->> '$.kind' when 'loop' then 'loop' else (agent ->> '$.name') || ' ' || (agent ->> '$.version') end as agent,
    a.model, coalesce(ra.prompt_name, a.prompt_name) as prompt
  from temp.run_arms ra join temp.arms a on a.id = ra.arm_id`;

const NEW_IN_STEPS = `
  usage_inconsistency is not 'the provider reported no usage' as usage_known, iif(cost_source = 'reported', cost_usd, null) as reported_cost_usd,
  null as first_token_ms`;

const NEW_IN_TRIALS = "0.0 as assumed_usd, 0 as unknown_usage_steps, 0 as doubtful_usage_steps, null as model_ms, null as first_token_ms";

const TODAY: readonly Today[] = [
  {
    name: "web_answers",
    since: 12,
    before: () => none("run_id, url, fetched_at, status, content_type, redirected_to, failure, text_blob, is_cut"),
  },
  { name: "origin", since: 7, before: () => none("id") },
  {
    name: "arms",
    since: 6,
    before: () => `
      select id, name, api, model, prompt_name, prompt_digest, json_remove(settings, '$.profile', '$.maskAtShare') as settings,
        json_object('kind', 'loop', 'profile', json(coalesce(settings -> '$.profile', '"full"')),
          'maskAtShare', json(coalesce(settings -> '$.maskAtShare', '0.6'))) as agent from main.arms`,
  },
  { name: "executions", since: 5, before: () => "select * from main.tries" },
  {
    name: "steps",
    since: 8,
    before: (version) => `select *${version < 5 ? ", try_id as execution_id" : ""}, ${NEW_IN_STEPS} from main.steps`,
  },
  { name: "tool_calls", since: 5, before: renamed("tool_calls") },
  { name: "notes", since: 5, before: renamed("notes") },
  {
    name: "trials",
    since: 11,
    before: (version) =>
      `select *${version < 5 ? ", try_id as execution_id" : ""}${version < 2 ? ", null as reused_from" : ""}${version < 8 ? `, ${NEW_IN_TRIALS}` : ""}${version < 9 ? ", null as isolation, '[]' as held_back" : ""}, null as rewards from main.trials`,
  },
  {
    name: "resumptions",
    since: 5,
    before: (version) => (version < 3 ? none("id, execution_id, resumed_at, steps, reason") : renamed("resumptions")()),
  },
  {
    name: "unanswered_requests",
    since: 5,
    before: (version) => (version < 3 ? none("id, execution_id, iteration, kind, message, http_attempts") : renamed("unanswered")()),
  },
  {
    name: "submissions",
    since: 5,
    before: (version) =>
      version < 3
        ? none("execution_id, stop, stop_detail, working_ms, unbilled_attempts, inputs_digest, files")
        : renamed("deliveries", "try_id as execution_id, given_digest as inputs_digest")(),
  },
  {
    name: "spending",
    since: 8,
    before: (version) => {
      if (version < 3)
        return none(
          "id, run_id, arm_id, task_id, attempt, started_at, reserved_usd, reserved_tokens, settled, cost_usd, tokens, billing, assumed_usd, prompt_usd, prompt_tokens, output_tokens",
        );
      const old = version < 5 ? "worst_usd as reserved_usd, worst_tokens as reserved_tokens, usd as cost_usd, " : "";
      const [cost, reserved] = version < 5 ? ["usd", "worst_usd"] : ["cost_usd", "reserved_usd"];
      return `
        select *, ${old}iif(settled, iif(${cost} is null, 'maybe', 'known'), null) as billing,
          iif(settled and ${cost} is null, ${reserved}, 0) as assumed_usd,
          null as prompt_usd, null as prompt_tokens, null as output_tokens from main.spending`;
    },
  },
  {
    name: "run_arms",
    // Views can only be read together with other views of the same schema, so this one stands in until the arms have their agents.
    since: 6,
    before: (version) => {
      const names = version < 2 ? ", null as name, null as prompt_name" : "";
      return `select o.*${names}${version < 4 ? `, ${SPENT}` : ""} from main.run_arms o`;
    },
  },
  {
    name: "earlier_verdicts",
    since: 3,
    before: () => none("id, trial_id, replaced_at, task_digest, passed, reason, tests_passed, tests_total, tampered, verdict_blob"),
  },
  {
    name: "runs",
    since: 3,
    before: (version) => `select *, null as stopped_by${version < 2 ? ", null as rounds" : ""} from main.runs`,
  },
  { name: "required_tests", since: 9, before: () => "select *, null as shapes from main.required_tests" },
  { name: "run_tasks", since: 10, before: () => "select *, null as task_group from main.run_tasks" },
  { name: "run_tags", since: 2, before: () => none("run_id, tag") },
  { name: "baselines", since: 2, before: () => none("name, run_id, arm_id, saved_at") },
  { name: "v_arms", since: 6, before: () => V_ARMS },
];

/**
 * Lets the queries of today read a database of an older version without changing it: temporary views, which exist only on this connection, show its tables under the names
 * and with the columns of today.
 */
export function readAsToday(database: Database, version: number): void {
  for (const { name, since, before } of TODAY) {
    if (version < since) database.exec(`create temp view ${name} as ${before(version)}`);
  }
}
