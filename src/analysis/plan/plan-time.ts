import type { PastTrial } from "../../core/history.ts";
import { forecastSum } from "./forecast.ts";
import { ASSUMED_TRIAL, pastBasis } from "./plan-cost.ts";
import type { ArmInput, Basis, Bottleneck, PlanInputs } from "./plan-result.ts";

const ASSUMED_SECONDS = { scripted: 1, model: 60 } as const;
// A container for the agent, and a fresh one in which the hidden tests run.
const SANDBOX_SECONDS = 0.5;
const GRADING_SECONDS = 1.5;

/** Estimates the working time of one trial from past trials, else from the user's assumption, else from the default one. */
export function timeOf(input: ArmInput, { suite, attempts, assume }: PlanInputs): { readonly seconds: number; readonly basis: Basis } {
  const seconds = meanOf(input.past.trials, { suite, attempts }, (trial) => trial.workingMs / 1000);
  if (seconds !== null) return { seconds, basis: pastBasis(input.past.kind, input.past.trials, false) };
  if (assume.seconds !== null) return { seconds: assume.seconds, basis: { kind: "flag" } };
  const assumed = input.arm.model.api === "scripted" ? ASSUMED_SECONDS.scripted : ASSUMED_SECONDS.model;
  return { seconds: assumed, basis: { kind: "assumption", assumed: { kind: "seconds", seconds: assumed } } };
}

type Shape = Pick<PlanInputs, "suite" | "attempts">;

function meanOf(trials: readonly PastTrial[], { suite, attempts }: Shape, figure: (trial: PastTrial) => number): number | null {
  const tasks = suite.tasks.map(({ digest }) => digest);
  const values = trials.map((trial) => ({ task: trial.taskDigest, value: figure(trial) }));
  const sum = forecastSum(values, { tasks, attempts });
  return sum && sum.value / (tasks.length * attempts);
}

type Load = {
  readonly seconds: number;
  readonly requests: number;
  readonly tokens: number;
  readonly trials: number;
  readonly input: ArmInput;
};
type Bound = { readonly seconds: number; readonly pace: Bottleneck };

/** Estimates the duration of a run by its bottleneck: all trials at the given concurrency, all gradings, the rate limits of each key, or the longest trial. */
export function wallTimeOf(inputs: PlanInputs): { readonly wallSeconds: number; readonly pace: Bottleneck } {
  const loads = inputs.arms.map((input) => loadOf(input, inputs));
  const total = loads.reduce((sum, { trials, seconds }) => sum + trials * (seconds + SANDBOX_SECONDS), 0);
  const longest = Math.max(0, ...loads.map(({ seconds }) => seconds + SANDBOX_SECONDS + GRADING_SECONDS));
  const gradings = loads.reduce((sum, { trials }) => sum + trials, 0);
  const bounds: readonly Bound[] = [
    { seconds: total / inputs.concurrency, pace: { kind: "concurrency" } },
    { seconds: (gradings * GRADING_SECONDS) / inputs.grading, pace: { kind: "grading" } },
    { seconds: longest, pace: { kind: "longest" } },
    ...limitGroupsOf(loads).flatMap((group) => limitBounds(group, inputs.concurrency)),
  ];
  const slowest = bounds.reduce((most, bound) => (bound.seconds > most.seconds ? bound : most));
  return { wallSeconds: slowest.seconds, pace: slowest.pace };
}

function loadOf(input: ArmInput, inputs: PlanInputs): Load {
  const { past } = input;
  return {
    input,
    trials: inputs.suite.tasks.length * inputs.attempts,
    seconds: timeOf(input, inputs).seconds,
    requests: meanOf(past.trials, inputs, (trial) => trial.iterations) ?? ASSUMED_TRIAL.iterations,
    tokens: tokensPerTrial(input, inputs),
  };
}

/** Estimates the tokens of one trial, in and out, from past trials, else from the assumed one. */
export function tokensPerTrial({ past }: ArmInput, inputs: PlanInputs): number {
  const tokensOf = (trial: PastTrial): number => trial.inputTokens + trial.cacheReadTokens + trial.cacheWriteTokens + trial.outputTokens;
  const assumedTokens = ASSUMED_TRIAL.inputTokens + ASSUMED_TRIAL.cacheReadTokens + ASSUMED_TRIAL.outputTokens;
  const counted = past.trials.filter(({ isUsageKnown }) => isUsageKnown);
  return meanOf(counted, inputs, tokensOf) ?? assumedTokens;
}

// Models on the same address and key share its limits, the strictest of them; scripted ones have none.
function limitGroupsOf(loads: readonly Load[]): readonly (readonly Load[])[] {
  const groups = new Map<string, Load[]>();
  for (const load of loads) {
    const { api, baseUrl, apiKeyEnv } = load.input.arm.model;
    if (api === "scripted") continue;
    const key = JSON.stringify([baseUrl, apiKeyEnv]);
    groups.set(key, [...(groups.get(key) ?? []), load]);
  }
  return [...groups.values()];
}

function limitBounds(group: readonly Load[], concurrency: number): readonly Bound[] {
  const sum = (figure: (load: Load) => number): number => group.reduce((total, load) => total + load.trials * figure(load), 0);
  const strictest = (limit: "concurrency" | "rpm" | "tpm"): number =>
    Math.min(...group.map(({ input }) => input.arm.model.limits[limit] ?? Number.POSITIVE_INFINITY));
  const requests = strictest("concurrency");
  const bottleneckOf = (limit: "concurrency" | "rpm" | "tpm"): Bottleneck => ({
    kind: "lane",
    limit,
    baseUrl: group[0]?.input.arm.model.baseUrl ?? "",
  });
  return [
    ...(requests < concurrency ? [{ seconds: sum(({ seconds }) => seconds) / requests, pace: bottleneckOf("concurrency") }] : []),
    { seconds: (60 * sum(({ requests }) => requests)) / strictest("rpm"), pace: bottleneckOf("rpm") },
    { seconds: (60 * sum(({ tokens }) => tokens)) / strictest("tpm"), pace: bottleneckOf("tpm") },
  ];
}
