import type { ProgressState } from "./progress-state.ts";

// A trial in progress may take any time; it never counts as done before it is.
const MOST_OF_A_TRIAL = 0.9;

/**
 * Estimates the milliseconds until a run has ended from its throughput: the time so far, times the work that is left over the work that is done. Work is counted in the mean duration of
 * each arm's trials, because a slow model's trials are fewer among those that have ended; trials in progress count as far as they have come. Null before the first trial has ended.
 */
export function timeLeftMs(state: ProgressState, now: number): number | null {
  const durations = [...state.durationsMs.values()].flat();
  if (durations.length === 0) return null;
  const overall = mean(durations);
  const arms = [...state.tallies.keys()];
  const expected = new Map(arms.map((armId) => [armId, expectedMs(state, armId, { overall, now })]));
  const trialsOfArm = state.planned / Math.max(1, arms.length);
  const inProgress = [...state.running.values()].reduce((sum, { armId, startedAt }) => {
    const whole = expected.get(armId) ?? overall;
    return sum + Math.min(now - startedAt, MOST_OF_A_TRIAL * whole);
  }, 0);
  const ended = durations.reduce((sum, ms) => sum + ms, 0);
  // Of a resumed run, the trials that were there before are left out: they took none of this time.
  const earlier = state.resumedDone * mean([...expected.values()]);
  const all = arms.reduce((sum, armId) => sum + trialsOfArm * (expected.get(armId) ?? overall), 0) - earlier;
  const done = ended + inProgress;
  return done <= 0 ? null : Math.max(0, ((now - state.startedAt) * (all - done)) / done);
}

// Of trials in progress it is only known that they take longer than they have taken: without them, slow ones would be missing from the mean.
function expectedMs(state: ProgressState, armId: string, { overall, now }: { readonly overall: number; readonly now: number }): number {
  const ended = (state.durationsMs.get(armId) ?? []).map((ms) => ({ ms, hasEnded: true }));
  const running = [...state.running.values()]
    .filter((trial) => trial.armId === armId)
    .map(({ startedAt }) => ({ ms: now - startedAt, hasEnded: false }));
  const known = meanDuration([...ended, ...running]);
  return ended.length === 0 ? Math.max(overall, known) : known;
}

type Observed = { readonly ms: number; readonly hasEnded: boolean };

/**
 * Computes the mean of durations of which some are still running, from the area below their survival curve; the longest counts as ended.
 *
 * @see Kaplan and Meier 1958; Efron 1967 (the longest observation)
 */
function meanDuration(observed: readonly Observed[]): number {
  const sorted = [...observed].sort((a, b) => a.ms - b.ms || Number(b.hasEnded) - Number(a.hasEnded));
  let surviving = 1;
  let area = 0;
  let before = 0;
  for (const [index, { ms, hasEnded }] of sorted.entries()) {
    area += surviving * (ms - before);
    before = ms;
    if (hasEnded) surviving *= 1 - 1 / (sorted.length - index);
  }
  return area;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
