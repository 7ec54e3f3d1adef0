import { expect, test } from "vitest";
import {
  counted,
  formatDuration,
  formatInterval,
  formatP,
  formatPoints,
  formatPointsInterval,
  formatRate,
  formatRatio,
  formatTokens,
  formatUsd,
} from "../../src/core/format.ts";

test.for([
  [null, "unknown"],
  [0, "$0"],
  [0.001665, "$0.00167"],
  [0.0214, "$0.021"],
  [12.345, "$12.35"],
] as const)("%d dollars are written as %s", ([usd, text]) => {
  expect(formatUsd(usd)).toBe(text);
});

test.for([
  [0, "0"],
  [999, "999"],
  [1000, "1.0k"],
  [999_949, "999.9k"],
  [999_950, "1.00M"],
  [12_345_678, "12.35M"],
] as const)("%d tokens are written as %s", ([tokens, text]) => {
  expect(formatTokens(tokens)).toBe(text);
});

test.for([
  [null, "-"],
  [0, "0.0 s"],
  [9_949, "9.9 s"],
  [9_960, "10 s"],
  [59_700, "1m 00s"],
  [185_000, "3m 05s"],
  [7_800_000, "2h 10m"],
] as const)("%d milliseconds are written as %s", ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text);
});

test("rates and intervals that are not there are dashes", () => {
  expect([formatRate(0.5), formatRate(null)]).toEqual(["50.0 %", "-"]);
  expect([formatInterval(0.611, 0.84), formatInterval(null, 1)]).toEqual(["61 to 84 %", "-"]);
});

test("differences of rates are written in points, with their sign unless the words tell it", () => {
  expect([0.0533, -0.12, 0, -0.0001].map((difference) => formatPoints(difference))).toEqual([
    "+5.3 points",
    "-12.0 points",
    "0.0 points",
    "0.0 points",
  ]);
  expect(formatPoints(0.0533, { sign: false })).toBe("5.3 points");
  expect(formatPointsInterval(-0.041, 0.072)).toBe("[-4.1 to +7.2]");
});

test.for([
  [0.0042, "x0.00"],
  [1.256, "x1.26"],
  [9.996, "x10.0"],
  [99.96, "x100"],
  [999.6, "x>999"],
  [Number.POSITIVE_INFINITY, "x>999"],
] as const)("the ratio %d is written as %s", ([ratio, text]) => {
  expect(formatRatio(ratio)).toBe(text);
});

test("p-values are never written as zero", () => {
  expect([0.0318, 0.001, 0.0009, 0].map(formatP)).toEqual(["p = 0.032", "p = 0.001", "p < 0.001", "p < 0.001"]);
});

test("counts are written with their noun, and large ones with their thousands apart", () => {
  expect([0, 1, 2, 12_345].map((count) => counted(count, "task"))).toEqual(["0 tasks", "1 task", "2 tasks", "12,345 tasks"]);
});
