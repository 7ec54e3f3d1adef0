import type { PastTrial } from "../../core/history.ts";
import { forecastSum } from "./forecast.ts";
import { ASSUMED_TRIAL, pastBasis } from "./plan-cost.ts";
import type { ArmInput, Basis, Pace, PlanInputs } from "./plan-result.ts";

const ASSUMED_SECONDS = { scripted: 1, model: 60 } as const;
// A container for the agent, and a fresh one in which the hidden tests run.
const BOX_SECONDS = 0.5;
const GRADING_SECONDS = 1.5;

/** Expects the working time of one trial from the past, else from the user's assumption, else from the default one. */
export function timeOf(input: ArmInput, { suite, attempts, assume }: PlanInputs): { readonly seconds: number; readonly basis: Basis } {
  const seconds = meanOf(input.past.trials, { suite, attempts }, (trial) => trial.workingMs / 1000);
  if (seconds !== null) return { seconds, basis: pastBasis(input.past.kind, input.past.trials, false) };
  if (assume.seconds !== null) return { seconds: assume.seconds, basis: { kind: "flag" } };
  const assumed = input.arm.model.api === "scripted" ? ASSUMED_SECONDS.scripted : ASSUMED_SECONDS.model;
  return { seconds: assumed, basis: { kind: "assumption", text: `${assumed} s of work a trial` } };
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
type Bound = { readonly seconds: number; readonly pace: Pace };

/** Expects how long a run takes: the slowest of all trials through the places there are, each key through its limits, and the longest trial. */
export function wallTimeOf(inputs: PlanInputs): { readonly wallSeconds: number; readonly pace: Pace } {
  const loads = inputs.arms.map((input) => loadOf(input, inputs));
  const total = loads.reduce((sum, { trials, seconds }) => sum + trials * (seconds + BOX_SECONDS), 0);
  const longest = Math.max(0, ...loads.map(({ seconds }) => seconds + BOX_SECONDS + GRADING_SECONDS));
  const gradings = loads.reduce((sum, { trials }) => sum + trials, 0);
  const bounds: readonly Bound[] = [
    { seconds: total / inputs.concurrency, pace: { kind: "concurrency" } },
    { seconds: (gradings * GRADING_SECONDS) / inputs.grading, pace: { kind: "grading" } },
    { seconds: longest, pace: { kind: "longest" } },
    ...lanesOf(loads).flatMap((lane) => laneBounds(lane, inputs.concurrency)),
  ];
  const slowest = bounds.reduce((most, bound) => (bound.seconds > most.seconds ? bound : most));
  return { wallSeconds: slowest.seconds, pace: slowest.pace };
}

function loadOf(input: ArmInput, inputs: PlanInputs): Load {
  const { past } = input;
  const assumedTokens = ASSUMED_TRIAL.inputTokens + ASSUMED_TRIAL.cacheReadTokens + ASSUMED_TRIAL.outputTokens;
  const tokensOf = (trial: PastTrial): number => trial.inputTokens + trial.cacheReadTokens + trial.cacheWriteTokens + trial.outputTokens;
  return {
    input,
    trials: inputs.suite.tasks.length * inputs.attempts,
    seconds: timeOf(input, inputs).seconds,
    requests: meanOf(past.trials, inputs, (trial) => trial.iterations) ?? ASSUMED_TRIAL.iterations,
    tokens: meanOf(past.trials, inputs, tokensOf) ?? assumedTokens,
  };
}

// Models on the same address and key share its limits, the strictest of them; scripted ones have none.
function lanesOf(loads: readonly Load[]): readonly (readonly Load[])[] {
  const lanes = new Map<string, Load[]>();
  for (const load of loads) {
    const { api, baseUrl, apiKeyEnv } = load.input.arm.model;
    if (api === "scripted") continue;
    const key = JSON.stringify([baseUrl, apiKeyEnv]);
    lanes.set(key, [...(lanes.get(key) ?? []), load]);
  }
  return [...lanes.values()];
}

function laneBounds(lane: readonly Load[], concurrency: number): readonly Bound[] {
  const sum = (figure: (load: Load) => number): number => lane.reduce((total, load) => total + load.trials * figure(load), 0);
  const strictest = (limit: "concurrency" | "rpm" | "tpm"): number =>
    Math.min(...lane.map(({ input }) => input.arm.model.limits[limit] ?? Number.POSITIVE_INFINITY));
  const places = strictest("concurrency");
  const paceOf = (limit: "concurrency" | "rpm" | "tpm"): Pace => ({ kind: "lane", limit, baseUrl: lane[0]?.input.arm.model.baseUrl ?? "" });
  return [
    ...(places < concurrency ? [{ seconds: sum(({ seconds }) => seconds) / places, pace: paceOf("concurrency") }] : []),
    { seconds: (60 * sum(({ requests }) => requests)) / strictest("rpm"), pace: paceOf("rpm") },
    { seconds: (60 * sum(({ tokens }) => tokens)) / strictest("tpm"), pace: paceOf("tpm") },
  ];
}
