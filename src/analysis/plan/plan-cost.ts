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

/** What a past trial cost in US dollars, at today's price where that has changed. */
export type PricedTrial = { readonly trial: PastTrial; readonly usd: number; readonly repriced: boolean };

/**
 * Estimates the cost of an arm from past trials, else from the user's assumption, else from the default one; unknown without a price. No trial costs more than its cap; the
 * caps of the model and of the run are left to `cappedAt`.
 */
export function costOfArm(input: ArmInput, inputs: PlanInputs): ArmCost {
  const trials = inputs.suite.tasks.length * inputs.attempts;
  return costFromPast(input, inputs) ?? costFromAssumption(input, trials, inputs.assume.costUsd);
}

/** Limits a forecast to a cap in US dollars; null is no cap. */
export function cappedAt({ value, low, high }: Forecast, capUsd: number | null): Forecast {
  const most = capUsd ?? Number.POSITIVE_INFINITY;
  return {
    value: Math.min(value, most),
    low: low === null ? null : Math.min(low, most),
    high: high === null ? null : Math.min(high, most),
  };
}

/** Prices the past trials of an arm at today's price; those without a cost and a price are left out. */
export function pricedTrials({ past, arm, usdOf }: ArmInput): readonly PricedTrial[] {
  const today = JSON.stringify(arm.model.price);
  const isTodays = (trial: PastTrial): boolean => trial.costUsd !== null && JSON.stringify(trial.price) === today;
  return past.trials.flatMap((trial) => {
    const usd = isTodays(trial) ? trial.costUsd : priceAgain(trial, usdOf);
    return usd === null ? [] : [{ trial, usd, repriced: !isTodays(trial) }];
  });
}

function costFromPast(input: ArmInput, { suite, attempts }: PlanInputs): ArmCost | null {
  const { past, arm } = input;
  const most = arm.settings.limits.maxCostUsd ?? Number.POSITIVE_INFINITY;
  const priced = pricedTrials(input);
  const values: readonly PastValue[] = priced.map(({ trial, usd }) => ({ task: trial.taskDigest, value: Math.min(usd, most) }));
  const tasks = suite.tasks.map(({ digest }) => digest);
  const costUsd = forecastSum(values, { tasks, attempts });
  if (costUsd === null) return null;
  const basis = pastBasis(
    past.kind,
    priced.map(({ trial }) => trial),
    priced.some(({ repriced }) => repriced),
  );
  const trials = tasks.length * attempts;
  return { costUsd: cappedAt(costUsd, most * trials), costPerTrialUsd: costUsd.value / trials, costBasis: basis };
}

/** Describes the past trials that a figure comes from. */
export function pastBasis(kind: "arm" | "model", trials: readonly PastTrial[], repriced: boolean): Basis {
  const runs = new Set(trials.map(({ runId }) => runId));
  return { kind, trials: trials.length, runs: runs.size, newestRun: trials[0]?.runId ?? "", repriced };
}

// Trials whose price has changed or was unknown are priced again at today's price, where their tokens are known.
function priceAgain(trial: PastTrial, usdOf: ArmInput["usdOf"]): number | null {
  if (!trial.isUsageKnown) return null;
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
  const most = arm.settings.limits.maxCostUsd ?? Number.POSITIVE_INFINITY;
  const of = (usd: number): Pick<ArmCost, "costUsd" | "costPerTrialUsd"> => ({
    costUsd: { value: Math.min(usd, most) * trials, low: null, high: null },
    costPerTrialUsd: Math.min(usd, most),
  });
  if (assumedUsd !== null) return { ...of(assumedUsd), costBasis: { kind: "flag" } };
  const perTrial = assumedTrial({ arm, usdOf }).usd;
  if (perTrial === null) return { costUsd: null, costPerTrialUsd: null, costBasis: { kind: "unknown" } };
  const kind = arm.model.api === "scripted" ? "scripted-trial" : "trial";
  return { ...of(perTrial), costBasis: { kind: "assumption", assumed: { kind } } };
}

/** Prices the assumed trial of an arm, in US dollars and without any cap, null without a price; and counts its responses. */
export function assumedTrial({ arm, usdOf }: Pick<ArmInput, "arm" | "usdOf">): { readonly usd: number | null; readonly responses: number } {
  const assumed = arm.model.api === "scripted" ? ASSUMED_SCRIPTED_TRIAL : ASSUMED_TRIAL;
  const request = usdOf(usage(assumed, assumed.iterations));
  return { usd: request === null ? null : request * assumed.iterations, responses: assumed.iterations };
}

/** Computes the maximum cost of an arm. Without a price a limit in dollars has no effect, and the maximum is unknown. */
export function worstCostOf({ arm, usdOf }: ArmInput, trials: number): WorstCost {
  const { limits } = arm.settings;
  if (arm.model.api === "scripted" && limits.maxCostUsd === null) return { usd: null, by: "scripted" };
  const prompts = fullestPrompts(arm);
  const requests = prompts.map((inputTokens) => usdOf(usage({ inputTokens, outputTokens: arm.model.maxOutputTokens }, 1)));
  if (requests.some((usd) => usd === null)) return { usd: null, by: "unknown" };
  const uncapped = requests.reduce<number>((sum, usd) => sum + (usd ?? 0), 0) * trials;
  const bounds: readonly WorstCost[] = [
    { usd: arm.model.maxCostUsd, by: "max_cost" },
    { usd: limits.maxCostUsd === null ? null : limits.maxCostUsd * trials, by: "max-trial-cost" },
  ];
  const full: WorstCost = { usd: uncapped, by: "full-context" };
  return bounds.reduce((least, bound) => (bound.usd !== null && bound.usd < (least.usd ?? 0) ? bound : least), full);
}

// A prompt holds the conversation so far, limited by the context window. A byte of output is at most a token.
function fullestPrompts({ model, settings }: ArmInput["arm"]): readonly number[] {
  const { maxIterations, maxCallsPerTurn, maxResultBytes } = settings.limits;
  const growth = model.maxOutputTokens + maxCallsPerTurn * maxResultBytes;
  const most = model.contextWindow ?? Number.POSITIVE_INFINITY;
  return Array.from({ length: maxIterations }, (_, index) => Math.min(most, FIRST_PROMPT_TOKENS + index * growth));
}

/** Adds up the costs of arms, up to the cap of the run in US dollars; the errors of their forecasts are assumed to be independent. */
export function sumOfCosts(arms: readonly PlannedArm[], capUsd: number | null): PlannedCost {
  const most = capUsd ?? Number.POSITIVE_INFINITY;
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
    known: cappedAt({ value, low: side("low"), high: side("high") }, capUsd),
    paidUsd: Math.min(
      paid.reduce((sum, { costUsd }) => sum + (costUsd?.value ?? 0), 0),
      most,
    ),
    worstUsd: worst.some((usd) => usd === null)
      ? null
      : Math.min(
          worst.reduce<number>((sum, usd) => sum + (usd ?? 0), 0),
          most,
        ),
    unknown: arms.filter(({ costUsd }) => costUsd === null).map(({ name }) => name),
    pastTrials: arms.reduce((sum, { costBasis }) => sum + ("trials" in costBasis ? costBasis.trials : 0), 0),
    isAssumed: arms.some(({ costBasis }) => costBasis.kind === "assumption" || costBasis.kind === "flag"),
  };
}
