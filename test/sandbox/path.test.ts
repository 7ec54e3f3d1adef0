import { expect, test } from "vitest";
import { isPlainRelative, refusePath } from "../../src/sandbox/path.ts";

test.for(["a", "a/b", ".", "..", "/etc", "~a", "a/~", "é", "a b"])("%j may be looked at inside", (path) => {
  expect(refusePath(path)).toBeNull();
});

test.for(["", "~", "~/a", "a\0", "\udfff", "x".repeat(5000)])("%j is refused before it gets inside", (path) => {
  expect(refusePath(path)).not.toBeNull();
});

test.for([
  ["a", true],
  ["a/b.c", true],
  ["...", true],
  ["é/名", true],
  ["", false],
  ["/a", false],
  ["a/", false],
  ["a//b", false],
  [".", false],
  ["a/../b", false],
  ["..", false],
  ["a\0", false],
] as const)("that %j is a plain relative path is %s", ([path, expected]) => {
  expect(isPlainRelative(path)).toBe(expected);
});
