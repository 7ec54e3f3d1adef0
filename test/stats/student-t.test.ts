import { expect, test } from "vitest";
import { betaQuantile, incompleteBeta, logGamma, studentTCdf, studentTQuantile } from "../../src/stats/student-t.ts";

test.for([
  [0.95, 1, 6.313751514675037],
  [0.975, 19, 2.0930240544083087],
  [0.975, 49, 2.0095752371292392],
  [0.95, 99, 1.6603911560169906],
  [0.9959, 49, 2.755725539459668],
] as const)("the t quantile at %d with %d degrees of freedom agrees with the reference", ([p, df, expected]) => {
  expect(Math.abs(studentTQuantile(p, df) - expected)).toBeLessThan(1e-8);
  expect(Math.abs(studentTQuantile(1 - p, df) + expected)).toBeLessThan(1e-8);
});

test.for([
  [0, 5, 0.5],
  [-2.1, 19, 0.024657199121636726],
  [1.7, 49, 0.9522644575794107],
  [4.5, 99, 0.9999907254719472],
] as const)("the t distribution at %d with %d degrees of freedom agrees with the reference", ([t, df, expected]) => {
  expect(Math.abs(studentTCdf(t, df) - expected)).toBeLessThan(1e-10);
});

test.for([
  [0.025, 8, 3, 0.4439045376923585],
  [0.025, 1, 50, 0.000506227983040829],
  [0.5, 0.5, 0.5, 0.5],
  [0.025, 37, 14, 0.5965523212719342],
] as const)("the beta quantile at %d for (%d, %d) agrees with the reference", ([p, a, b, expected]) => {
  expect(Math.abs(betaQuantile(p, a, b) - expected)).toBeLessThan(1e-9);
});

test("gamma and beta meet their closed forms", () => {
  expect(logGamma(5)).toBeCloseTo(Math.log(24), 12);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
  expect(incompleteBeta(0, 2, 3)).toBe(0);
  expect(incompleteBeta(1, 2, 3)).toBe(1);
});
