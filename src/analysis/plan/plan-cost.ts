import type { PastTrial } from "../../core/history.ts";
import type { Usage } from "../../core/model.ts";
import { forecastSum, type PastValue } from "./forecast.ts";
import type { ArmInput, Basis, Forecast, PlanInputs, PlannedArm, PlannedCost, WorstCost } from "./plan-result.ts";

/** The assumed size of a trial without past trials: responses, and tokens over all of them. */
export const ASSUMED_TRIAL = { iterations: 10, inputTokens: 20_000, cacheReadTokens: 80_000, outputTokens: 6_000 } as const;

// A scripted model takes the shortest path.
const ASSUMED_SCRIPTED_TRIAL = { iterations: 5, inputTokens: 4_000, cacheReadTokens: 10_000, outputTokens: 1_200 } as const;
// Task, project files and system prompt, before the agent has done anything.
const FIRST_PROMPT_TOKENS = 10_000;

type ArmCost = Pick<PlannedArm, "costPerTrialUsd" | "costUsd" | "costBasis">;

/** Estimates the cost of an arm from past trials, else from the user's assumption, else from the default one; unknown without a price. */
export function costOfArm(input: ArmInput, inputs: PlanInputs): ArmCost {
  const trials = inputs.suite.tasks.length * inputs.attempts;
  return costFromPast(input, inputs) ?? costFromAssumption(input, trials, inputs.assume.costUsd);
}

function costFromPast({ past, arm, usdOf }: ArmInput, { suite, attempts }: PlanInputs): ArmCost | null {
  const today = JSON.stringify(arm.model.price);
  const isTodays = (trial: PastTrial): boolean => trial.costUsd !== null && JSON.stringify(trial.price) === today;
  const priced = past.trials.flatMap((trial) => {
    const value = isTodays(trial) ? trial.costUsd : priceAgain(trial, usdOf);
    return value === null ? [] : [{ trial, value, repriced: !isTodays(trial) }];
  });
  const values: readonly PastValue[] = priced.map(({ trial, value }) => ({ task: trial.taskDigest, value }));
  const tasks = suite.tasks.map(({ digest }) => digest);
  const costUsd = forecastSum(values, { tasks, attempts });
  if (costUsd === null) return null;
  const basis = pastBasis(
    past.kind,
    priced.map(({ trial }) => trial),
    priced.some(({ repriced }) => repriced),
  );
  return { costUsd, costPerTrialUsd: costUsd.value / (tasks.length * attempts), costBasis: basis };
}

/** Describes the past trials that a figure comes from. */
export function pastBasis(kind: "arm" | "model", trials: readonly PastTrial[], repriced: boolean): Basis {
  const runs = new Set(trials.map(({ runId }) => runId));
  return { kind, trials: trials.length, runs: runs.size, newestRun: trials[0]?.runId ?? "", repriced };
}

// Trials whose price has changed or was unknown are priced again at today's price.
function priceAgain(trial: PastTrial, usdOf: ArmInput["usdOf"]): number | null {
  const requests = Math.max(1, trial.iterations);
  const usd = usdOf(usage(trial, requests));
  return usd === null ? null : usd * requests;
}

type Tokens = Pick<Usage, "inputTokens" | "outputTokens"> & { readonly cacheReadTokens?: number; readonly cacheWriteTokens?: number };

function usage(tokens: Tokens, requests: number): Usage {
  return {
    inputTokens: tokens.inputTokens / requests,
    cacheReadTokens: (tokens.cacheReadTokens ?? 0) / requests,
    cacheWriteTokens: (tokens.cacheWriteTokens ?? 0) / requests,
    cacheWrite1hTokens: 0,
    outputTokens: tokens.outputTokens / requests,
    reasoningTokens: null,
    inconsistency: null,
    isKnown: true,
  };
}

function costFromAssumption({ arm, usdOf }: ArmInput, trials: number, assumedUsd: number | null): ArmCost {
  const all = (usd: number): Forecast => ({ value: usd * trials, low: null, high: null });
  if (assumedUsd !== null) return { costUsd: all(assumedUsd), costPerTrialUsd: assumedUsd, costBasis: { kind: "flag" } };
  const isScripted = arm.model.api === "scripted";
  const assumed = isScripted ? ASSUMED_SCRIPTED_TRIAL : ASSUMED_TRIAL;
  const request = usdOf(usage(assumed, assumed.iterations));
  if (request === null)
    return {
      costUsd: null,
      costPerTrialUsd: null,
      costBasis: { kind: "unknown" },
    };
  const perTrial = request * assumed.iterations;
  return {
    costUsd: all(perTrial),
    costPerTrialUsd: perTrial,
    costBasis: { kind: "assumption", assumed: { kind: isScripted ? "scripted-trial" : "trial" } },
  };
}

/** Computes the maximum cost of an arm. Without a price a limit in dollars has no effect, and the maximum is unknown. */
export function worstCostOf({ arm, usdOf }: ArmInput, trials: number): WorstCost {
  const { limits } = arm.settings;
  if (arm.model.api === "scripted" && limits.maxCostUsd === null) return { usd: null, by: "scripted" };
  const prompts = fullestPrompts(arm);
  const requests = prompts.map((inputTokens) => usdOf(usage({ inputTokens, outputTokens: arm.model.maxOutputTokens }, 1)));
  if (requests.some((usd) => usd === null)) return { usd: null, by: "unknown" };
  if (limits.maxCostUsd !== null) return { usd: limits.maxCostUsd * trials, by: "max-trial-cost" };
  return { usd: requests.reduce<number>((sum, usd) => sum + (usd ?? 0), 0) * trials, by: "full-context" };
}

// A prompt holds the conversation so far, limited by the context window. A byte of output is at most a token.
function fullestPrompts({ model, settings }: ArmInput["arm"]): readonly number[] {
  const { maxIterations, maxCallsPerTurn, maxResultBytes } = settings.limits;
  const growth = model.maxOutputTokens + maxCallsPerTurn * maxResultBytes;
  const most = model.contextWindow ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: maxIterations }, (_, index) => Math.min(most, FIRST_PROMPT_TOKENS + index * growth));
}

/** Adds up the costs of arms; the errors of their forecasts are assumed to be independent. */
export function sumOfCosts(arms: readonly PlannedArm[]): PlannedCost {
  const known = arms.flatMap(({ costUsd }) => costUsd ?? []);
  const value = known.reduce((sum, one) => sum + one.value, 0);
  const side = (bound: "low" | "high"): number | null => {
    const squares = known.map((one) => (one[bound] === null ? Number.NaN : (one[bound] - one.value) ** 2));
    const half = Math.sqrt(squares.reduce((sum, one) => sum + one, 0));
    if (known.length === 0 || Number.isNaN(half)) return null;
    return bound === "low" ? Math.max(0, value - half) : value + half;
  };
  const worst = arms.filter(({ worstCost }) => worstCost.by !== "scripted").map(({ worstCost }) => worstCost.usd);
  const paid = arms.filter(({ api }) => api !== "scripted");
  return {
    known: { value, low: side("low"), high: side("high") },
    paidUsd: paid.reduce((sum, { costUsd }) => sum + (costUsd?.value ?? 0), 0),
    worstUsd: worst.some((usd) => usd === null) ? null : worst.reduce<number>((sum, usd) => sum + (usd ?? 0), 0),
    unknown: arms.filter(({ costUsd }) => costUsd === null).map(({ name }) => name),
    pastTrials: arms.reduce((sum, { costBasis }) => sum + ("trials" in costBasis ? costBasis.trials : 0), 0),
    isAssumed: arms.some(({ costBasis }) => costBasis.kind === "assumption" || costBasis.kind === "flag"),
  };
}
