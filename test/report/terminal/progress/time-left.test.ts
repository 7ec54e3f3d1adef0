import { describe, expect, test } from "vitest";
import { apply, newState } from "../../../../src/report/terminal/progress/progress-state.ts";
import { timeLeftMs } from "../../../../src/report/terminal/progress/time-left.ts";
import { seededRandom } from "../../../faults/counted-run.ts";
import { aKey, anArm, aTrial } from "../../../fixtures/record.ts";

/** How a run goes: the mean seconds of a trial of each arm, how much single trials differ from it, and how many run at once. */
type Course = {
  readonly title: string;
  readonly seconds: readonly number[];
  readonly spread: number;
  readonly atOnce: number;
  readonly tasks: number;
};

const COURSES: readonly Course[] = [
  { title: "equal models, one trial at a time", seconds: [60, 60], spread: 0.3, atOnce: 1, tasks: 50 },
  { title: "equal models, eight at once", seconds: [60, 60, 60], spread: 0.5, atOnce: 8, tasks: 60 },
  { title: "a slow model beside a fast one", seconds: [20, 200], spread: 0.4, atOnce: 8, tasks: 80 },
  { title: "three models, one of them very slow, sixteen at once", seconds: [15, 40, 300], spread: 0.6, atOnce: 16, tasks: 120 },
];

/** Plays a run on a clock of its own; gives the estimate over the truth at each moment at which a trial ended. */
function play({ seconds, spread, atOnce, tasks }: Course, seed: number): readonly { readonly share: number; readonly ratio: number }[] {
  const random = seededRandom(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const arms = seconds.map((_, index) => anArm(`m${index}`));
  const queue = Array.from({ length: tasks }, (_, task) => arms.map((arm, index) => ({ arm, index, task: `t${task}` }))).flat();
  const state = newState(0);
  apply(state, { kind: "run-started", runId: "r", arms, planned: queue.length, alreadyDone: 0 }, 0);
  const estimates: { at: number; leftMs: number | null }[] = [];
  const running: { readonly end: number; readonly finish: () => void }[] = [];
  let now = 0;
  for (;;) {
    while (running.length < atOnce && queue.length > 0) {
      const next = queue.shift();
      if (!next) break;
      const key = aKey({ runId: "r", armId: next.arm.id, taskId: next.task });
      apply(state, { kind: "trial-started", armId: key.armId, taskId: key.taskId, attempt: key.attempt }, now);
      const ms = 1000 * (seconds[next.index] ?? 0) * Math.exp(spread * gauss() - (spread * spread) / 2);
      running.push({ end: now + ms, finish: () => apply(state, { kind: "trial-finished", trial: aTrial(key) }, now) });
    }
    running.sort((a, b) => a.end - b.end);
    const first = running.shift();
    if (!first) break;
    now = first.end;
    first.finish();
    estimates.push({ at: now, leftMs: timeLeftMs(state, now) });
  }
  const total = now;
  return estimates.filter(({ at }) => at < total).map(({ at, leftMs }) => ({ share: at / total, ratio: ((leftMs ?? 0) + at) / total }));
}

describe.each(COURSES)("$title", (course) => {
  test("after a tenth of the time the whole time is known within a factor of 1.5, from then on, in nine of ten runs", () => {
    const worst = Array.from({ length: 20 }, (_, seed) =>
      play(course, seed + 1)
        .filter(({ share }) => share >= 0.1)
        .reduce((most, { ratio }) => Math.max(most, ratio, 1 / ratio), 1),
    );
    expect(worst.filter((ratio) => ratio < 1.5).length).toBeGreaterThanOrEqual(18);
    expect(Math.max(...worst)).toBeLessThan(2);
  });
});

test("before a trial has ended nothing is estimated", () => {
  const state = newState(0);
  apply(state, { kind: "run-started", runId: "r", arms: [anArm("m")], planned: 4, alreadyDone: 0 }, 0);

  expect(timeLeftMs(state, 1_000)).toBeNull();
});

test("trials that were done before a run was resumed took none of its time", () => {
  const state = newState(0);
  apply(state, { kind: "run-started", runId: "r", arms: [anArm("m")], planned: 10, alreadyDone: 8 }, 0);
  apply(state, { kind: "trial-started", armId: "arm-m", taskId: "add", attempt: 1 }, 0);
  apply(state, { kind: "trial-finished", trial: aTrial(aKey({ armId: "arm-m" })) }, 60_000);

  expect(timeLeftMs(state, 60_000)).toBeCloseTo(60_000);
});
