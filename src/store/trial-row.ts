import type { Trial } from "../core/trial.ts";
import type { Verdict } from "../core/verdict.ts";

/** Inserts a trial, or replaces an error of the same key; returns no row when the key is already graded. */
export const INSERT_TRIAL = `
  insert into trials (run_id, task_id, arm_id, attempt, execution_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, isolation, held_back, rewards, verdict_blob,
    error_source, error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd,
    unbilled_attempts, assumed_usd, unknown_usage_steps, doubtful_usage_steps, model_ms, first_token_ms, started_at, duration_ms, working_ms, waited_ms)
  values (@runId, @taskId, @armId, @attempt, @executionId, @outcome, @passed, @stop, @stopDetail, @reason, @testsPassed, @testsTotal, @tampered, @isolation, @heldBack, @rewards, @verdictBlob,
    @errorSource, @errorMessage, @iterations, @inputTokens, @cacheReadTokens, @cacheWriteTokens, @outputTokens, @reasoningTokens, @costUsd, @noCacheCostUsd,
    @unbilledAttempts, @assumedUsd, @unknownUsageSteps, @doubtfulUsageSteps, @modelMs, @firstTokenMs, @startedAt, @durationMs, @workingMs, @waitedMs)
  on conflict (run_id, task_id, arm_id, attempt) do update set
    execution_id = excluded.execution_id, outcome = excluded.outcome, passed = excluded.passed, stop = excluded.stop, stop_detail = excluded.stop_detail, reason = excluded.reason,
    tests_passed = excluded.tests_passed, tests_total = excluded.tests_total, tampered = excluded.tampered, isolation = excluded.isolation, held_back = excluded.held_back, rewards = excluded.rewards,
    verdict_blob = excluded.verdict_blob,
    error_source = excluded.error_source, error_message = excluded.error_message, iterations = excluded.iterations, input_tokens = excluded.input_tokens,
    cache_read_tokens = excluded.cache_read_tokens, cache_write_tokens = excluded.cache_write_tokens, output_tokens = excluded.output_tokens,
    reasoning_tokens = excluded.reasoning_tokens, cost_usd = excluded.cost_usd, no_cache_cost_usd = excluded.no_cache_cost_usd,
    unbilled_attempts = excluded.unbilled_attempts, assumed_usd = excluded.assumed_usd, unknown_usage_steps = excluded.unknown_usage_steps,
    doubtful_usage_steps = excluded.doubtful_usage_steps, model_ms = excluded.model_ms, first_token_ms = excluded.first_token_ms, started_at = excluded.started_at, duration_ms = excluded.duration_ms,
    working_ms = excluded.working_ms, waited_ms = excluded.waited_ms
  where trials.outcome = 'error'
  returning id`;

/** Maps a trial to the parameters of `INSERT_TRIAL`. */
export function trialRow(trial: Trial, executionId: number, verdictBlob: string | null): Record<string, unknown> {
  return {
    ...trial.key,
    ...trial.totals,
    ...outcomeColumns(trial.outcome),
    executionId,
    verdictBlob,
    startedAt: trial.startedAt,
    durationMs: trial.durationMs,
  };
}

const NOT_GRADED = {
  passed: null,
  stop: null,
  stopDetail: null,
  reason: null,
  testsPassed: null,
  testsTotal: null,
  tampered: 0,
  isolation: null,
  heldBack: "[]",
  rewards: null,
};

function outcomeColumns(outcome: Trial["outcome"]): Record<string, unknown> {
  if (outcome.kind === "error") return { outcome: "error", ...NOT_GRADED, errorSource: outcome.source, errorMessage: outcome.message };
  const { stop, verdict } = outcome;
  return { outcome: "graded", stop: stop.kind, stopDetail: stop.detail, ...verdictColumns(verdict), errorSource: null, errorMessage: null };
}

/** Maps a verdict to parameters for its columns in the row of a trial. */
export function verdictColumns(verdict: Verdict): Record<string, unknown> {
  const { passed, reason, testsPassed, testsTotal, tampering, isolation, heldBack, rewards } = verdict;
  const tampered = tampering.length > 0 ? 1 : 0;
  return {
    passed: passed ? 1 : 0,
    reason,
    testsPassed,
    testsTotal,
    tampered,
    isolation,
    heldBack: JSON.stringify(heldBack),
    rewards: rewards === undefined ? null : JSON.stringify(rewards),
  };
}
