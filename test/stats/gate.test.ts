import { expect, test } from "vitest";
import { gateClaim, guardExitCode } from "../../src/stats/gate.ts";

test.for([
  [0.001, 0.2, "better", 0],
  [-0.01, -0.001, "worse-within-margin", 0],
  [-0.2, -0.001, "worse", 1],
  [-0.05, -0.001, "worse", 1],
  [-0.049, 0.3, "not-worse", 0],
  [0, 0.3, "not-worse", 0],
  [-0.05, 0.3, "inconclusive", 3],
  [-0.2, 0, "inconclusive", 3],
] as const)("from %d to %d with a margin of 5 points is %s", ([low, high, claim, exitCode]) => {
  expect(gateClaim({ low, high }, 0.05)).toBe(claim);
  expect(guardExitCode(claim)).toBe(exitCode);
});
