import { expect, test } from "vitest";
import { clopperPearson, wilson } from "../../src/stats/binomial.ts";
import { passRate } from "../../src/stats/pass-rate.ts";

const repeat = (times: number, ...values: number[]): number[] => Array.from({ length: times }, () => values).flat();
const close = (value: number | null, expected: number): void => expect(Math.abs((value ?? Number.NaN) - expected)).toBeLessThan(1e-9);

// Reference values from an independent program (SciPy, cross-checked with R).
const clustered = [
  {
    title: "wilson-neff-1",
    passed: [3, 0, 1, 3, 2, 3, 0, 3, 2, 1, 3, 3],
    trials: [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    alpha: 0.05,
    rate: 0.6666666666666666,
    effective: 17.999999999999996,
    low: 0.4113843957360146,
    high: 0.8512627692056645,
  },
  {
    title: "wilson-neff-unequal",
    passed: [3, 0, 1, 5, 2, 3, 0, 2, 2, 1],
    trials: [3, 3, 3, 5, 4, 3, 2, 2, 3, 1],
    alpha: 0.05,
    rate: 0.65,
    effective: 14.393673110720558,
    low: 0.3632382468666252,
    high: 0.8580777136378489,
  },
  {
    title: "wilson-neff-few-informative",
    passed: [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1, 0],
    trials: [3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    alpha: 0.05,
    rate: 0.9333333333333333,
    effective: 30.0,
    low: 0.7781987087337964,
    high: 0.9824140859945539,
  },
  {
    title: "wilson-neff-k5",
    passed: [5, 5, 5, 4, 5, 0, 0, 1, 5, 5, 2, 5, 5, 3, 5, 0, 5, 5, 4, 5, 5, 5, 5, 4, 5, 0, 0, 1, 5, 5, 2, 5, 5, 3, 5, 0, 5, 5, 4, 5],
    trials: [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
    alpha: 0.1,
    rate: 0.74,
    effective: 53.29639889196677,
    low: 0.6284792192354896,
    high: 0.8272467792485376,
  },
];

test.for(clustered)("the clustered pass rate agrees with the reference: $title", (vector) => {
  const counts = vector.passed.map((passed, index) => ({ passed, trials: vector.trials[index] ?? 0 }));
  const result = passRate(counts, vector.alpha);

  close(result.rate, vector.rate);
  close(result.low, vector.low);
  close(result.high, vector.high);
  close(result.effectiveTasks, vector.effective);
});

test.for([
  [8, 10, 0.05, 0.4439045376923585, 0.9747892736731666],
  [0, 20, 0.05, 0, 0.1684334709830853],
  [37, 50, 0.01, 0.5526362368971522, 0.8803209983873805],
  [1, 1, 0.05, 0.025, 1],
] as const)("the exact interval of %i in %i agrees with the reference", ([passed, trials, alpha, low, high]) => {
  const interval = clopperPearson({ passed, trials }, alpha);

  close(interval.low, low);
  close(interval.high, high);
});

test.for([
  [8, 10, 0.49016247153664183, 0.9433178485456247],
  [0, 20, 0, 0.16112515805281938],
  [131, 200, 0.5867558925905368, 0.7174020562325106],
] as const)("Wilson's interval of %i in %i agrees with the reference", ([passed, size, low, high]) => {
  const interval = wilson(passed / size, size, 1.959963984540054);

  close(interval.low, low);
  close(interval.high, high);
});

test("a perfect score never claims certainty", () => {
  const result = passRate(repeat(25, 1).map((passed) => ({ passed, trials: 1 })));

  expect(result.rate).toBe(1);
  expect(result.high).toBe(1);
  expect(result.low).toBeGreaterThan(0.84);
  expect(result.low).toBeLessThan(0.87);
});

test("tasks without a finished trial are left out and no trials give no rate", () => {
  expect(passRate([{ passed: 0, trials: 0 }])).toMatchObject({ rate: null, low: null, high: null, trials: 0 });
  expect(
    passRate([
      { passed: 0, trials: 0 },
      { passed: 1, trials: 2 },
    ]),
  ).toMatchObject({ rate: 0.5, tasks: 1, trials: 2 });
});
