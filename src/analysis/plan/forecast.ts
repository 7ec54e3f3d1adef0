import { studentTQuantile } from "../../stats/student-t.ts";
import type { Forecast } from "./plan-result.ts";

/** A figure of one past trial, and the digest of its task. */
export type PastValue = { readonly task: string; readonly value: number };

type Group = { readonly mean: number; readonly trials: number; readonly squares: number };

const ALPHA = 0.05;

/**
 * Forecasts the sum of a figure over tasks and attempts from past trials. A known task is expected to take its past mean; a new one the mean of all tasks. The
 * interval is a prediction interval of the sum: it covers the error of the means and the variation of the future trials. Null without a past trial.
 */
export function forecastSum(
  past: readonly PastValue[],
  shape: { readonly tasks: readonly string[]; readonly attempts: number },
): Forecast | null {
  const groups = groupsOf(past);
  if (groups.size === 0) return null;
  const means = [...groups.values()].map(({ mean }) => mean);
  const overall = average(means);
  const known = shape.tasks.flatMap((task) => groups.get(task) ?? []);
  const fresh = shape.tasks.length - known.length;
  const value = shape.attempts * (known.reduce((sum, { mean }) => sum + mean, 0) + fresh * overall);
  const spread = spreadOf([...groups.values()], { known, fresh, attempts: shape.attempts });
  if (spread === null) return { value, low: null, high: null };
  const half = studentTQuantile(1 - ALPHA / 2, spread.degreesOfFreedom) * Math.sqrt(spread.variance);
  return { value, low: Math.max(0, value - half), high: value + half };
}

function groupsOf(past: readonly PastValue[]): ReadonlyMap<string, Group> {
  const values = new Map<string, number[]>();
  for (const { task, value } of past) {
    const list = values.get(task);
    if (list) list.push(value);
    else values.set(task, [value]);
  }
  return new Map(
    [...values].map(([task, list]) => {
      const mean = average(list);
      return [task, { mean, trials: list.length, squares: list.reduce((sum, one) => sum + (one - mean) ** 2, 0) }];
    }),
  );
}

type Target = { readonly known: readonly Group[]; readonly fresh: number; readonly attempts: number };

// A single trial per task cannot separate chance from the task, so without repeats every task counts as new.
function spreadOf(
  groups: readonly Group[],
  { known, fresh, attempts }: Target,
): { readonly variance: number; readonly degreesOfFreedom: number } | null {
  const repeats = groups.reduce((sum, { trials }) => sum + trials - 1, 0);
  const within = repeats === 0 ? 0 : groups.reduce((sum, { squares }) => sum + squares, 0) / repeats;
  const unknown = repeats === 0 ? known.length + fresh : fresh;
  const ofKnown = repeats === 0 ? 0 : known.reduce((sum, { trials }) => sum + attempts ** 2 * (within / trials) + attempts * within, 0);
  if (unknown === 0) return { variance: ofKnown, degreesOfFreedom: repeats };
  if (groups.length < 2) return null;
  const mean = average(groups.map((group) => group.mean));
  const between = groups.reduce((sum, group) => sum + (group.mean - mean) ** 2, 0) / (groups.length - 1);
  const ofFresh = (attempts * unknown) ** 2 * (between / groups.length) + unknown * (attempts ** 2 * between + attempts * within);
  return { variance: ofKnown + ofFresh, degreesOfFreedom: groups.length - 1 };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
