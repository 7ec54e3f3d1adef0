import { expect, test } from "vitest";
import { oneLine, plainText, printable } from "../../src/core/printable.ts";

test("text of unknown origin keeps its lines and tabs and loses control characters", () => {
  expect(plainText("a\tb\nc\u001b[31m\u0007\u009b")).toBe("a\tb\nc[31m");
});

test("text of several lines becomes one line", () => {
  expect(oneLine(" a\r\n\u001b[1mb\tc ")).toBe("a [1mb c");
});

test("control characters are escaped in a message, and long text is cut", () => {
  expect(printable("a\nb\u200b")).toBe("a\\u000ab\\u200b");
  expect(printable("x".repeat(70))).toBe(`${"x".repeat(57)}...`);
});
