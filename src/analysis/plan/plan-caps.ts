import { forecastSum } from "./forecast.ts";
import { assumedTrial, type PricedTrial, pricedTrials, sumOfCosts } from "./plan-cost.ts";
import type { ArmInput, CapBasis, Forecast, ForeseenCap, PlanInputs, PlannedArm, Stopping } from "./plan-result.ts";
import { tokensPerTrial } from "./plan-time.ts";

/** An arm of a plan with its figures; `uncapped` is its expected cost before the cap of its model. */
export type CappedArm = { readonly input: ArmInput; readonly arm: PlannedArm; readonly uncapped: Forecast | null };

/** Foresees what the caps of trials, models and the run do to the arms of a plan. Caps that are far away, and costs that are unknown, give nothing. */
export function foreseenCaps(arms: readonly CappedArm[], inputs: PlanInputs): readonly ForeseenCap[] {
  return [...arms.flatMap(({ input }) => trialCap(input, inputs)), ...arms.flatMap(modelCap), ...runCap(arms, inputs)];
}

function trialCap(input: ArmInput, inputs: PlanInputs): readonly ForeseenCap[] {
  const capUsd = input.arm.settings.limits.maxCostUsd;
  if (capUsd === null) return [];
  const past = pricedTrials(input);
  const of = inputs.suite.tasks.length * inputs.attempts;
  const cap = { arm: input.arm.name, capUsd, of };
  if (past.length === 0) return assumedTrialCap(input, cap, inputs.assume.costUsd);
  const isCut = ({ trial, usd }: PricedTrial): boolean => trial.endedAtCap && usd < capUsd && (trial.maxCostUsd ?? 0) < capUsd;
  const cut = past.filter(isCut);
  // What a trial that a lower cap ended would have cost is unknown.
  if (cut.length > past.length / 2) {
    const earlierCapUsd = Math.max(...cut.map(({ trial }) => trial.maxCostUsd ?? 0));
    return [{ kind: "lower-cap", ...cap, earlierCapUsd, ended: cut.length, earlier: past.length }];
  }
  const whole = past.filter((one) => !isCut(one));
  const ends = whole.map((one) => ({ task: one.trial.taskDigest, value: endsAt(one, capUsd) ? 1 : 0 }));
  const expected = forecastSum(ends, { tasks: inputs.suite.tasks.map(({ digest }) => digest), attempts: inputs.attempts });
  const trials = Math.min(of, Math.round(expected?.value ?? 0));
  return trials === 0 ? [] : [{ kind: "trial", ...cap, trials, basis: basisOf(whole, capUsd) }];
}

function endsAt({ trial, usd }: PricedTrial, capUsd: number): boolean {
  return trial.endedAtCap || usd > capUsd;
}

function basisOf(past: readonly PricedTrial[], capUsd: number): CapBasis {
  const ended = past.filter(({ trial }) => trial.endedAtCap && trial.maxCostUsd === capUsd);
  if (past.every(({ trial, repriced }) => trial.maxCostUsd === capUsd && !repriced))
    return { kind: "ended", ended: ended.length, trials: past.length };
  const costs = past.map(({ usd }) => usd).sort((a, b) => a - b);
  const medianUsd = ((costs[Math.floor((costs.length - 1) / 2)] ?? 0) + (costs[Math.ceil((costs.length - 1) / 2)] ?? 0)) / 2;
  return {
    kind: "cost",
    trials: past.length,
    medianUsd,
    mostUsd: costs.at(-1) ?? 0,
    isAtLeast: past.some(({ trial }) => trial.endedAtCap),
  };
}

type TrialCap = { readonly arm: string; readonly capUsd: number; readonly of: number };

function assumedTrialCap(input: ArmInput, cap: TrialCap, flagUsd: number | null): readonly ForeseenCap[] {
  const assumed = assumedTrial(input);
  const usdPerTrial = flagUsd ?? assumed.usd;
  if (usdPerTrial === null || usdPerTrial <= cap.capUsd) return [];
  const responses = Math.floor((assumed.responses * cap.capUsd) / usdPerTrial);
  const basis: CapBasis =
    flagUsd === null ? { kind: "assumption", usdPerTrial, responses, of: assumed.responses } : { kind: "flag", usdPerTrial };
  return [{ kind: "trial", ...cap, trials: cap.of, basis }];
}

function modelCap({ input, arm, uncapped }: CappedArm): readonly ForeseenCap[] {
  const capUsd = input.arm.model.maxCostUsd;
  if (capUsd === null || uncapped === null) return [];
  const stop = stopAt(capUsd, { expected: uncapped, of: arm.trials });
  return stop === null ? [] : [{ kind: "model", arm: arm.name, capUsd, ...stop }];
}

// The cap that is reached first stops the run.
function runCap(arms: readonly CappedArm[], inputs: PlanInputs): readonly ForeseenCap[] {
  const of = arms.reduce((sum, { arm }) => sum + arm.trials, 0);
  const found = [...moneyCap(arms, inputs.caps.maxCostUsd, of), ...tokenCap(arms, inputs, of)];
  return found.sort((a, b) => a.trials - b.trials).slice(0, 1);
}

type RunCap = Extract<ForeseenCap, { readonly kind: "run" | "tokens" }>;

function moneyCap(arms: readonly CappedArm[], capUsd: number | null, of: number): readonly RunCap[] {
  if (capUsd === null) return [];
  const expected = sumOfCosts(
    arms.map(({ arm }) => arm),
    null,
  ).known;
  const stop = stopAt(capUsd, { expected, of });
  return stop === null ? [] : [{ kind: "run", capUsd, ...stop }];
}

/** Says whether a cap in US dollars is expected to stop `of` trials of this cost, and after how many of them; null where it is far away. */
function stopAt(capUsd: number, { expected, of }: { readonly expected: Forecast; readonly of: number }): Stopping | null {
  const { value, high } = expected;
  const isLikely = value > capUsd;
  if (!isLikely && (high === null || high <= capUsd)) return null;
  const trials = isLikely ? Math.floor((of * capUsd) / value) : of;
  return { isLikely, expectedUsd: value, highUsd: high, trials, of };
}

function tokenCap(arms: readonly CappedArm[], inputs: PlanInputs, of: number): readonly RunCap[] {
  const { maxTokens } = inputs.caps;
  if (maxTokens === null) return [];
  const expectedTokens = arms.reduce((sum, { input, arm }) => sum + arm.trials * tokensPerTrial(input, inputs), 0);
  if (expectedTokens <= maxTokens) return [];
  return [{ kind: "tokens", capTokens: maxTokens, expectedTokens, trials: Math.floor((of * maxTokens) / expectedTokens), of }];
}
