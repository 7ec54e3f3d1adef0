import { expect, test } from "vitest";
import { normalCdf, normalQuantile } from "../../src/stats/normal.ts";
import { incompleteBeta, logGamma, studentTCdf, studentTQuantile } from "../../src/stats/student-t.ts";

const TAILS = [1e-12, 1e-6, 0.001, 0.02, 0.1, 0.2499, 0.2501, 0.4, 0.49, 0.499999];

test.for([1, 2, 3, 4, 9, 19, 49, 99, 199, 1999])("the t quantile with %i degrees of freedom undoes the distribution", (df) => {
  for (const tail of TAILS) {
    const t = studentTQuantile(tail, df);

    expect(Math.abs(studentTCdf(t, df) / tail - 1)).toBeLessThan(1e-10);
    expect(t).toBeLessThan(0);
    expect(Math.abs(studentTQuantile(1 - tail, df) + t) / -t).toBeLessThan(tail < 1e-5 ? 1e-3 : 1e-9);
  }
  expect(studentTQuantile(0.5, df)).toBe(0);
});

test("one and two degrees of freedom meet their closed forms", () => {
  for (const p of [0.6, 0.75, 0.9, 0.99, 0.9999]) {
    expect(studentTQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
    expect(studentTQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 10);
  }
});

test("many degrees of freedom come to the normal distribution", () => {
  for (const p of [0.6, 0.95, 0.999]) expect(studentTQuantile(p, 1e6)).toBeCloseTo(normalQuantile(p), 4);
});

test("the normal quantile undoes the distribution far into its tails", () => {
  for (const p of [1e-300, 1e-100, 1e-16, ...TAILS]) expect(Math.abs(normalCdf(normalQuantile(p)) / p - 1)).toBeLessThan(1e-11);
  expect(Math.abs(normalCdf(-8) / 6.22096057427174e-16 - 1)).toBeLessThan(1e-8);
});

test("gamma and beta meet their closed forms", () => {
  expect(logGamma(5)).toBeCloseTo(Math.log(24), 12);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  expect(incompleteBeta(0.3, 1, 1)).toBeCloseTo(0.3, 14);
  expect(incompleteBeta(0, 2, 3)).toBe(0);
  expect(incompleteBeta(1, 2, 3)).toBe(1);
});

test("quantiles are had by the ten thousand while a test may run", () => {
  const quantiles = Array.from({ length: 20_000 }, (_, index) => studentTQuantile(0.9 + index * 4e-6, 1 + (index % 500)));

  expect(Math.min(...quantiles)).toBeGreaterThan(1.28);
});
