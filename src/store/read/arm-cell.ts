import { name, number, optional, sum, total } from "../query/column.ts";
import type { RowOf } from "../query/query.ts";
import { CAP_ERRORS, COST_CAP_CELL } from "./cap-result.ts";

// How a trial stops when it reaches a limit.
const CAPPED = "'max-iterations', 'budget-cost', 'budget-time', 'budget-tokens'";

// The index of trials answers this, so trials that are left out cost little.
const WANTED = "run_id = @run and attempt <= @maxAttempt and (@arms is null or arm_id in (select value from json_each(@arms)))";

/** Sums for every arm and task of a run, in one pass over its graded trials. */
export const GRADED_CELL = {
  armId: name("arm_id"),
  taskId: name("task_id"),
  passed: total("sum(passed)"),
  trials: total("count(*)"),
  tampered: total("sum(tampered)"),
  unisolated: total("count(iif(isolation = 'none', 1, null))"),
  oneUser: total("count(iif(isolation = 'process-one-user', 1, null))"),
  ofState: total("count(iif(isolation = 'state', 1, null))"),
  // Most trials are completed, which is one comparison instead of four.
  capped: total(`coalesce(sum(iif(stop = 'completed', 0, stop in (${CAPPED}))), 0)`),
  ...COST_CAP_CELL,
  iterations: total("sum(iterations)"),
  inputTokens: total("sum(input_tokens)"),
  cachedTokens: total("sum(cache_read_tokens)"),
  outputTokens: total("sum(output_tokens)"),
  cacheWriteTokens: total("sum(cache_write_tokens)"),
  costUsd: optional(sum("case when count(*) = count(cost_usd) then sum(cost_usd) end")),
  meanLogCost: optional(number("case when count(*) = count(cost_usd) and min(cost_usd) > 0 then avg(ln(cost_usd)) end")),
  paidUsd: sum("coalesce(sum(case when reused_from is null then cost_usd end), 0)"),
  unbilledAttempts: total("sum(unbilled_attempts)"),
  workingMs: sum("sum(working_ms)"),
  assumedUsd: sum("sum(assumed_usd)"),
  unknownUsageSteps: total("sum(unknown_usage_steps)"),
  doubtfulUsageSteps: total("sum(doubtful_usage_steps)"),
  // Tokens and times of the trials that have both; older versions have no times.
  timedTokens: total("coalesce(sum(iif(unknown_usage_steps = 0 and model_ms > 0, output_tokens, 0)), 0)"),
  timedMs: sum("coalesce(sum(iif(unknown_usage_steps = 0, model_ms, 0)), 0)"),
  streamedTrials: total("count(first_token_ms)"),
  firstTokensMs: sum("coalesce(sum(first_token_ms), 0)"),
};

/** The graded trials that are wanted, by task and arm. */
export const GRADED = `from trials where ${WANTED} and passed is not null group by task_id, arm_id`;

/** What is summed over trials that ended in an error. */
export const ERROR_CELL = {
  armId: name("arm_id"),
  taskId: name("task_id"),
  errors: total("count(*)"),
  capErrors: total(CAP_ERRORS),
  unbilledAttempts: total("sum(unbilled_attempts)"),
  assumedUsd: sum("sum(assumed_usd)"),
};

/** The trials that ended in an error, by task and arm: the index finds them, and only their rows are read. */
export const ERRORS = `from trials where id in (select id from trials where ${WANTED} and passed is null) group by task_id, arm_id`;

/** The sums over the graded trials of one arm at one task. */
export type GradedCell = RowOf<typeof GRADED_CELL>;

/** The sums over the errors of one arm at one task. */
export type ErrorCell = RowOf<typeof ERROR_CELL>;

/**
 * Tells whether tokens of a cell are not all known. Trials of versions before the eighth do not count their steps without a count of tokens; no honest trial has none at all.
 */
export function isUnknownUsage({ unknownUsageSteps, iterations, ...cell }: GradedCell): boolean {
  return (
    unknownUsageSteps > 0 || (iterations > 0 && cell.inputTokens + cell.cacheWriteTokens + cell.cachedTokens + cell.outputTokens === 0)
  );
}
