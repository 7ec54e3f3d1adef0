import { expect, test } from "vitest";
import { compileRule, isAllowed } from "../../src/core/glob.ts";

const allows = (include: readonly string[], exclude: readonly string[], path: string) => isAllowed(compileRule({ include, exclude }), path);

test.for([
  ["**", "a", true],
  ["**", "a/b/.c", true],
  ["*", "a", true],
  ["*", "a/b", false],
  ["*", ".hidden", true],
  ["*.py", "a.py", true],
  ["*.py", ".py", true],
  ["*.py", "a.pyc", false],
  ["*.py", "src/a.py", false],
  ["**/*.py", "a.py", true],
  ["**/*.py", "src/deep/a.py", true],
  ["**/**/*.py", "src/a.py", true],
  ["src/**", "src", false],
  ["src/**", "src/a", true],
  ["src/**", "src/a/b", true],
  ["src/**", "srcs/a", false],
  ["src/", "src/a/b", true],
  ["./src/*.js", "src/a.js", true],
  ["src/**/test/*.js", "src/test/a.js", true],
  ["src/**/test/*.js", "src/a/b/test/a.js", true],
  ["src/**/test/*.js", "src/atest/a.js", false],
  ["a**b", "axxb", true],
  ["a**b", "ax/xb", false],
  ["?.txt", "a.txt", true],
  ["?.txt", "ab.txt", false],
  ["?.txt", "/.txt", false],
  ["?.txt", "😀.txt", true],
  ["*.{js,ts}", "a.ts", true],
  ["*.{js,ts}", "a.tsx", false],
  ["{src,lib}/**/*.{c,h}", "lib/x/y.h", true],
  ["a{,b{c,d}}", "a", true],
  ["a{,b{c,d}}", "abd", true],
  ["a{,b{c,d}}", "ab", false],
  ["{a}", "{a}", true],
  ["{a", "{a", true],
  ["a},b", "a},b", true],
  ["a.b", "axb", false],
  ["[ab]", "[ab]", true],
  ["[ab]", "a", false],
  ["(a|b)+$^", "(a|b)+$^", true],
  ["a\\b", "a\\b", true],
  ["x-y", "x-y", true],
  ["*", "new\nline", true],
  ["**", "new\nline/x", true],
  ["", "a", false],
] as const)("pattern %j and path %j: %s", ([pattern, path, expected]) => {
  expect(allows([pattern], [], path)).toBe(expected);
});

test.for([
  ["nothing included", [], [], "a", false],
  ["an exclusion wins", ["**"], ["a"], "a", false],
  ["an excluded folder takes all below it", ["**"], ["node_modules"], "node_modules/x/y", false],
  ["an excluded folder anywhere", ["**"], ["**/node_modules/**"], "a/node_modules/x", false],
  ["names that only begin alike stay", ["**"], ["build"], "builder/x", true],
  ["braces in an exclusion", ["**"], ["**/*.{log,tmp}"], "a/b.tmp", false],
] as const)("%s", ([, include, exclude, path, expected]) => {
  expect(allows(include, exclude, path)).toBe(expected);
});

test("a pattern that expands to thousands is refused", () => {
  expect(() => compileRule({ include: ["{a,b}".repeat(12)], exclude: [] })).toThrow(/more than 1000/);
});
