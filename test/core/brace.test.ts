import fc from "fast-check";
import { expect, test } from "vitest";
import { BracePattern } from "../../src/core/brace.ts";
import { expandAll } from "../fixtures/backtracking-glob.ts";

test.for([
  ["a", ["a"]],
  ["{a,b}", ["a", "b"]],
  ["x{a,b}y{c,d}z", ["xaycz", "xaydz", "xbycz", "xbydz"]],
  ["a{,b{c,d}}", ["a", "abc", "abd"]],
  ["{a}", ["{a}"]],
  ["{a{b,c}}", ["{ab}", "{ac}"]],
  ["{{a,b}", ["{a", "{b"]],
  ["a},b", ["a},b"]],
  ["{a,b", ["{a,b"]],
  ["{,}", ["", ""]],
  ["", [""]],
] as const)("%j expands to %j", ([pattern, expected]) => {
  expect(new BracePattern(pattern).expand()).toEqual(expected);
});

const patterns = fc.string({ unit: fc.constantFrom("{", "{", "}", "}", ",", ",", "a"), maxLength: 18 });

test("any pattern expands as by replacing one choice after the other, and is counted right before", () => {
  fc.assert(
    fc.property(patterns, (pattern) => {
      const expanded = new BracePattern(pattern).expand();

      expect(expanded).toEqual(expandAll(pattern));
      expect(new BracePattern(pattern).count()).toEqual({ patterns: expanded.length, characters: expanded.join("").length });
    }),
    { numRuns: 5000, seed: 13 },
  );
});

test.for([
  ["thirty choices", "{a,b}".repeat(30)],
  ["two hundred choices", "{a,b}".repeat(200)],
  ["choices of nothing", "{,}".repeat(300)],
  ["deep choices", `${"{a,".repeat(300)}${"}".repeat(300)}`],
  ["braces without a partner", "{".repeat(1000)],
  ["commas without a partner", `{${",".repeat(999)}`],
  ["partners without an opening", "}".repeat(1000)],
])("%s are counted without expanding them", ([, pattern]) => {
  const started = performance.now();

  const { patterns: count } = new BracePattern(pattern as string).count();

  expect(count).toBeGreaterThanOrEqual(1);
  expect(performance.now() - started).toBeLessThan(500);
});
