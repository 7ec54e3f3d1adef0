import { expect, test } from "vitest";
import { formatDuration, formatInterval, formatRate, formatTokens, formatUsd } from "../../src/report/format.ts";

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
