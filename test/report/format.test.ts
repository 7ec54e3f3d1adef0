import { expect, test } from "vitest";
import {
  brokenName,
  clipped,
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
  oneLine,
  wrapText,
} from "../../src/report/format.ts";

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

test("a name is broken before its run and after a hyphen, and inside a word only where it must be", () => {
  expect(brokenName("gpt-5.1@20260102-0304-abcd", 20)).toBe("gpt-5.1\n@20260102-0304-abcd");
  expect(brokenName("claude-sonnet-4-5-thinking", 18)).toBe("claude-sonnet-4-5-\nthinking");
  expect(brokenName("short@run", 20)).toBe("short@run");
  expect(brokenName("x".repeat(25), 10)).toBe(`${"x".repeat(10)}\n${"x".repeat(10)}\n${"x".repeat(5)}`);
});

test("text is broken between words at 100 columns, and a word that is longer inside", () => {
  const lines = wrapText(`${"word ".repeat(40)}${"y".repeat(250)}`, "  ").split("\n");

  expect(lines.length).toBeGreaterThan(4);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.slice(1).every((line) => line.startsWith("  "))).toBe(true);
  expect(lines.join("").replace(/ /g, "")).toBe("word".repeat(40) + "y".repeat(250));
});

test("small things: counts, cuts and single lines", () => {
  expect([0, 1, 2].map((count) => counted(count, "task"))).toEqual(["0 tasks", "1 task", "2 tasks"]);
  expect([clipped("abcdef", 6), clipped("abcdefg", 6), clipped("\u{1f600}".repeat(7), 6)]).toEqual([
    "abcdef",
    "abcde…",
    `${"\u{1f600}".repeat(5)}…`,
  ]);
  expect(oneLine(" a\r\n\u001b[1mb\tc ")).toBe("a [1mb c");
});
