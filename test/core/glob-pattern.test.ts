import { expect, test } from "vitest";
import { compileRule, isAllowed } from "../../src/core/glob.ts";

const matchesGlob = (path: string, pattern: string): boolean => isAllowed(compileRule({ include: [pattern], exclude: [] }), path);

test.for([
  ["a.py", "a.py"],
  ["a.py", "*.py"],
  ["a.py", "**/*.py"],
  ["x/y/a.py", "**/*.py"],
  ["x/y/a.py", "**"],
  ["x/y/a.py", "x/**"],
  ["x/y/a.py", "x/"],
  ["x/y/a.py", "./x/**/a.py"],
  ["x/a.py", "x/**/a.py"],
  [".hidden", "*"],
  ["x/.hidden", "**"],
  ["a.mjs", "*.{js,mjs}"],
  ["ab", "a{b,{c,d}}"],
  ["ad", "a{b,{c,d}}"],
  ["a1", "a?"],
  ["größe/ü.py", "größe/?.py"],
  ["a(b)+.py", "a(b)+.py"],
  ["[a].py", "[a].py"],
  ["a\nb", "a*b"],
])("%j matches %s", ([path, pattern]) => {
  expect(matchesGlob(path as string, pattern as string)).toBe(true);
});

test.for([
  ["x/a.py", "*.py"],
  ["a.pyc", "*.py"],
  ["aXpy", "a.py"],
  ["xx/a.py", "x/**"],
  ["x", "x/**"],
  ["a.py", "A.py"],
  ["a", "[a]"],
  ["ab/c", "a?c"],
  ["a.ts", "*.{js,mjs}"],
  ["", "*.py"],
])("%j does not match %s", ([path, pattern]) => {
  expect(matchesGlob(path as string, pattern as string)).toBe(false);
});
