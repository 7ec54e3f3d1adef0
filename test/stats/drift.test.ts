import fc from "fast-check";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { expect, test } from "vitest";
import type { TaskCount } from "../../src/stats/binomial.ts";
import { chiSquaredTail, drift, MIN_INFORMATIVE_TASKS, MIN_INFORMATIVE_TRIALS } from "../../src/stats/drift.ts";
import { normalCdf } from "../../src/stats/normal.ts";
import { anySuite } from "./pair-arbitrary.ts";
import { cmh } from "./reference/cmh.ts";

test("the tail meets its closed forms for one, two and four degrees of freedom", () => {
  for (const value of [0.01, 0.5, 1, 3.841458820694124, 9, 40, 200]) {
    expect(chiSquaredTail(value, 1) / (2 * normalCdf(-Math.sqrt(value)))).toBeCloseTo(1, 10);
    expect(chiSquaredTail(value, 2) / Math.exp(-value / 2)).toBeCloseTo(1, 10);
    expect(chiSquaredTail(value, 4) / (Math.exp(-value / 2) * (1 + value / 2))).toBeCloseTo(1, 10);
  }
  expect(chiSquaredTail(0, 3)).toBe(1);
});

test("over two runs it is the Cochran-Mantel-Haenszel test", () => {
  fc.assert(
    fc.property(anySuite(), (tasks) => {
      const known = cmh(tasks);
      const tested = drift(tasks.map(({ baseline, candidate }) => [baseline, candidate]));

      expect(tested === null).toBe(known === null);
      if (!tested || !known) return;
      expect(tested.chiSquared).toBeCloseTo(known.chiSquared, 9);
      expect(tested.p).toBeCloseTo(known.p, 9);
      expect(tested.degreesOfFreedom).toBe(1);
    }),
  );
});

test("with single trials it is Cochran's Q", () => {
  // Passes of six tasks in four runs: rows are tasks.
  const outcomes = [
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 0, 1],
    [1, 1, 1, 1],
    [0, 1, 0, 0],
  ];
  const columns = [0, 1, 2, 3].map((run) => outcomes.reduce((sum, task) => sum + (task[run] ?? 0), 0));
  const rows = outcomes.map((task) => task.reduce((sum, value) => sum + value, 0));
  const total = rows.reduce((sum, value) => sum + value, 0);
  const spread = columns.reduce((sum, value) => sum + (value - total / 4) ** 2, 0);
  const q = (4 * 3 * spread) / (4 * total - rows.reduce((sum, value) => sum + value * value, 0));

  const tested = drift(outcomes.map((task) => task.map((passed) => ({ passed, trials: 1 }))));

  expect(tested).toMatchObject({ degreesOfFreedom: 3, informativeTasks: 5, informativeTrials: 20 });
  expect(tested?.chiSquared).toBeCloseTo(q, 12);
});

test("with a single task it is Pearson's test, short of the factor for drawing without replacement", () => {
  const runs = [
    { passed: 30, trials: 40 },
    { passed: 15, trials: 40 },
    { passed: 22, trials: 25 },
  ];
  const rate = 67 / 105;
  const pearson = runs.reduce((sum, { passed, trials }) => sum + (passed - trials * rate) ** 2 / (trials * rate * (1 - rate)), 0);

  expect(drift([runs])?.chiSquared).toBeCloseTo((pearson * 104) / 105, 10);
  expect(drift([runs])?.p).toBeLessThan(0.001);
});

test("runs alike show no drift, and one run apart does", () => {
  const alike = (passed: number): TaskCount[] => Array.from({ length: 4 }, () => ({ passed, trials: 10 }));
  const apart = (passed: number): TaskCount[] => [...alike(passed), { passed: passed - 4, trials: 10 }];

  expect(drift([alike(4), alike(7)])).toMatchObject({ chiSquared: 0, degreesOfFreedom: 3, p: 1 });
  expect(drift([apart(4), apart(7), apart(9)])?.p).toBeLessThan(0.001);
});

test("a run that lacks the hard tasks has not drifted for that", () => {
  const easy = [9, 10, 9, 10].map((passed) => ({ passed, trials: 10 }));
  const hard = [1, 0, 1].map((passed) => ({ passed, trials: 10 }));
  const tested = drift([easy, easy, [...hard, { passed: 0, trials: 0 }], [...hard, { passed: 0, trials: 0 }]]);

  expect(tested?.degreesOfFreedom).toBe(3);
  expect(tested?.p).toBeGreaterThan(0.5);
});

test("the order of runs and of tasks does not matter", () => {
  const count = fc.record({ passed: fc.nat(3), trials: fc.constant(3) });
  fc.assert(
    fc.property(fc.array(fc.tuple(count, count, count, count), { minLength: 1, maxLength: 8 }), (tasks) => {
      const turned = drift(tasks.map((runs) => runs.toReversed()).toReversed());

      expect(turned?.chiSquared ?? -1).toBeCloseTo(drift(tasks)?.chiSquared ?? -1, 8);
      expect(turned?.degreesOfFreedom).toBe(drift(tasks)?.degreesOfFreedom);
    }),
  );
});

test.for([
  { title: "a single run", tasks: [[{ passed: 3, trials: 4 }]] },
  {
    title: "a task that was tried in one of the runs only",
    tasks: [
      [
        { passed: 3, trials: 4 },
        { passed: 0, trials: 0 },
      ],
    ],
  },
  {
    title: "tasks that always end alike",
    tasks: [
      [
        { passed: 4, trials: 4 },
        { passed: 3, trials: 3 },
      ],
      [
        { passed: 0, trials: 4 },
        { passed: 0, trials: 3 },
      ],
    ],
  },
  { title: "no tasks", tasks: [] },
])("$title carry no information on drift", ({ tasks }) => {
  expect(drift(tasks)).toBeNull();
});

test("an arm that never changes appears to drift no more often than promised, and one that loses a fifth of its passes is found", () => {
  const found = (loss: number, { tasks, runs }: { readonly tasks: number; readonly runs: number }): number => {
    const generator = xoroshiro128plus(20261129);
    let [alarms, tested] = [0, 0];
    for (let replicate = 0; replicate < 1000; replicate++) {
      const counts = Array.from({ length: tasks }, () => {
        const chance = uniformFloat64(generator);
        return Array.from({ length: runs }, (_, run) => {
          const passes = [0, 1].filter(() => uniformFloat64(generator) < chance - (run === runs - 1 ? loss : 0));
          return { passed: passes.length, trials: 2 };
        });
      });
      const result = drift(counts);
      if (result === null || result.informativeTasks < MIN_INFORMATIVE_TASKS || result.informativeTrials < MIN_INFORMATIVE_TRIALS) continue;
      tested++;
      alarms += Number(result.p < 0.05);
    }
    return alarms / tested;
  };
  const limit = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / 1000);

  for (const size of [
    { tasks: 6, runs: 5 },
    { tasks: 12, runs: 3 },
    { tasks: 30, runs: 2 },
    { tasks: 30, runs: 8 },
  ])
    expect(found(0, size)).toBeLessThanOrEqual(limit);
  expect(found(0.2, { tasks: 60, runs: 5 })).toBeGreaterThan(0.8);
});
