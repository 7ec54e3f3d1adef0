import { expect, test } from "vitest";
import { DurationEstimator } from "../../src/run/duration-estimator.ts";
import { aKey, anArm, aTask, aTrial, graded } from "../fixtures/record.ts";

const planned = (taskId: string, arm: string) => {
  const [task, theArm] = [aTask(taskId), anArm(arm)];
  return { key: aKey({ taskId, armId: theArm.id }), task, arm: theArm };
};
const took = (taskId: string, arm: string, workingMs: number) =>
  aTrial(aKey({ taskId, armId: anArm(arm).id }), graded(true), { workingMs });

test("an estimate is the mean of the arm on the task, otherwise of the task, otherwise of the arm", () => {
  const durations = new DurationEstimator(() => []);
  durations.learn(took("a", "x", 100));
  durations.learn(took("a", "x", 300));
  durations.learn(took("b", "y", 50));

  expect(durations.expectedMs(planned("a", "x"))).toBe(200);
  expect(durations.expectedMs(planned("b", "x"))).toBe(50);
  expect(durations.expectedMs(planned("c", "x"))).toBe(200);
  expect(durations.expectedMs(planned("c", "z"))).toBeNull();
});

test("earlier runs count by their number of trials, and are read once", () => {
  let reads = 0;
  const durations = new DurationEstimator(() => {
    reads += 1;
    return [{ armId: "arm-x", taskId: "a", ms: 100, trials: 3 }];
  });
  durations.learn(took("a", "x", 500));

  expect(durations.expectedMs(planned("a", "x"))).toBe(200);
  expect(durations.expectedMs(planned("a", "x"))).toBe(200);
  expect(reads).toBe(1);
});
