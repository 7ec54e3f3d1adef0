import { expect, test } from "vitest";
import { beliefOfHigher, fitBeta } from "./beta-binomial.ts";

test("the belief in the better of two equals is a half, whatever their shape", () => {
  for (const [alpha, beta] of [
    [1, 1],
    [0.2, 0.3],
    [40, 3],
    [800, 500],
  ] as const)
    expect(beliefOfHigher({ alpha, beta }, { alpha, beta })).toBeCloseTo(0.5, 8);
});

test("with uniform beliefs the margin counts as it should", () => {
  const uniform = { alpha: 1, beta: 1 };

  expect(beliefOfHigher(uniform, uniform, 0.1)).toBeCloseTo(1 - 0.9 ** 2 / 2, 5);
});

test("the beliefs in either side add up", () => {
  const one = { alpha: 30.5, beta: 20.5 };
  const two = { alpha: 7.5, beta: 3.5 };

  expect(beliefOfHigher(one, two) + beliefOfHigher(two, one)).toBeCloseTo(1, 9);
});

test("tasks that are all alike have no distribution to fit", () => {
  expect(fitBeta([1, 1, 1].map((passed) => ({ passed, trials: 2 })))).toBeNull();
  expect(fitBeta([2, 2, 0].map((passed) => ({ passed, trials: 2 })))).toBeNull();
});
