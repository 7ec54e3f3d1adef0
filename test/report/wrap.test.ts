import { expect, test } from "vitest";
import { brokenName, wrapText } from "../../src/report/wrap.ts";

test("a name is broken before its run and after a hyphen, and inside a word only where it must be", () => {
  expect(brokenName("gpt-5.1@20260102-0304-abcd", 20)).toBe("gpt-5.1\n@20260102-0304-abcd");
  expect(brokenName("claude-sonnet-4-5-thinking", 18)).toBe("claude-sonnet-4-5-\nthinking");
  expect(brokenName("short@run", 20)).toBe("short@run");
  expect(brokenName("x".repeat(25), 10)).toBe(`${"x".repeat(10)}\n${"x".repeat(10)}\n${"x".repeat(5)}`);
});

test("text is broken between words at 100 columns, and a word that is longer inside", () => {
  const lines = wrapText(`${"word ".repeat(40)}${"y".repeat(250)}`, { indent: "  " }).split("\n");

  expect(lines.length).toBeGreaterThan(4);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(lines.slice(1).every((line) => line.startsWith("  "))).toBe(true);
  expect(lines.join("").replace(/ /g, "")).toBe("word".repeat(40) + "y".repeat(250));
});
