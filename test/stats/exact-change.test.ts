import fc from "fast-check";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { expect, test } from "vitest";
import { fisherExact } from "../../src/stats/binomial.ts";
import { type BeforeAndAfter, exactChange } from "../../src/stats/exact-change.ts";

const task = (before: readonly [number, number], after: readonly [number, number]): BeforeAndAfter => ({
  before: { passed: before[0], trials: before[1] },
  after: { passed: after[0], trials: after[1] },
});

// Every way to deal the passes of each task to its trials, counted one by one.
function countedTails(tasks: readonly BeforeAndAfter[]): { readonly p: number; readonly leastP: number } {
  let sums = new Map([[0, 1]]);
  for (const { before, after } of tasks) {
    const trials = before.trials + after.trials;
    const passed = before.passed + after.passed;
    const next = new Map<number, number>();
    for (let dealt = 0; dealt < 2 ** trials; dealt++) {
      const places = Array.from({ length: trials }, (_, place) => (dealt >> place) & 1);
      if (places.reduce((sum, one) => sum + one, 0) !== passed) continue;
      const inNewest = places.slice(0, after.trials).reduce((sum, one) => sum + one, 0);
      for (const [sum, ways] of sums) next.set(sum + inNewest, (next.get(sum + inNewest) ?? 0) + ways);
    }
    sums = next;
  }
  const seen = tasks.reduce((sum, { after }) => sum + after.passed, 0);
  const all = [...sums.values()].reduce((sum, ways) => sum + ways, 0);
  const tail = (holds: (sum: number) => boolean): number =>
    [...sums].reduce((total, [sum, ways]) => total + (holds(sum) ? ways : 0), 0) / all;
  const ends = [Math.min(...sums.keys()), Math.max(...sums.keys())].map((end) => (sums.get(end) ?? 0) / all);
  return {
    p: Math.min(
      1,
      2 *
        Math.min(
          tail((sum) => sum <= seen),
          tail((sum) => sum >= seen),
        ),
    ),
    leastP: Math.min(1, 2 * Math.min(...ends)),
  };
}

test("thousands of attempts at a task are tested as few are", () => {
  const found = exactChange([task([1000, 2000], [900, 2000])]);

  // Between half and all of Fisher's two-sided p, whose tails are nearly alike here.
  expect(found?.p).toBeCloseTo(
    fisherExact([
      [1000, 1000],
      [900, 1100],
    ]),
    4,
  );
  expect(found?.leastP).toBeLessThan(1e-9);
});

test("its p is the share of all ways to deal each task's passes to its trials", () => {
  const count = fc.record({ trials: fc.integer({ min: 1, max: 4 }), share: fc.double({ min: 0, max: 1, noNaN: true }) });
  const side = count.map(({ trials, share }) => ({ trials, passed: Math.round(share * trials) }));
  fc.assert(
    fc.property(fc.array(fc.record({ before: side, after: side }), { minLength: 1, maxLength: 4 }), (tasks) => {
      const found = exactChange(tasks);
      const counted = countedTails(tasks);

      expect(found?.p).toBeCloseTo(counted.p, 10);
      expect(found?.leastP).toBeCloseTo(counted.leastP, 10);
    }),
    { numRuns: 60 },
  );
});

test("on a single task with equal trials it is Fisher's exact test", () => {
  expect(exactChange([task([9, 10], [2, 10])])?.p).toBeCloseTo(
    fisherExact([
      [9, 1],
      [2, 8],
    ]),
    12,
  );
});

test("the rates are means over the tasks that both have", () => {
  expect(exactChange([task([4, 8], [2, 2]), task([0, 4], [1, 2]), task([3, 3], [0, 0])])).toMatchObject({
    before: 0.25,
    after: 0.75,
    tasks: 2,
    informativeTasks: 2,
    informativeTrials: 16,
  });
});

test("where no result could show a change, its least p says so", () => {
  expect(exactChange([task([1, 1], [0, 1]), task([1, 1], [0, 1])])).toMatchObject({ p: 0.5, leastP: 0.5 });
  expect(exactChange([task([2, 2], [2, 2])])).toMatchObject({ p: 1, leastP: 1, informativeTasks: 0 });
});

test("nothing in common, and more trials than can be enumerated, have no answer", () => {
  expect(exactChange([])).toBeNull();
  expect(exactChange([task([1, 2], [0, 0])])).toBeNull();
  expect(exactChange([task([10_000, 30_000], [10_000, 30_000])])).toBeNull();
});

test("with 2 to 30 tasks an arm that never changes appears to have changed no more often than promised", () => {
  for (const tasks of [2, 4, 8, 30]) {
    const generator = xoroshiro128plus(tasks);
    const suites = 2000;
    let alarms = 0;
    for (let suite = 0; suite < suites; suite++) {
      const counts = Array.from({ length: tasks }, () => {
        const chance = uniformFloat64(generator);
        const passes = (trials: number): number =>
          Array.from({ length: trials }, () => uniformFloat64(generator)).filter((u) => u < chance).length;
        return task([passes(6), 6], [passes(2), 2]);
      });
      alarms += Number((exactChange(counts)?.p ?? 1) < 0.05);
    }
    expect(alarms / suites).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / suites));
  }
});
