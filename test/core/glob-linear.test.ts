import { execFileSync, spawnSync } from "node:child_process";
import { join, matchesGlob } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { compileRule, faultOfPatterns, isAllowed, wildcard } from "../../src/core/glob.ts";
import { backtrackingGlob } from "../fixtures/backtracking-glob.ts";

const matches = (pattern: string, path: string): boolean => isAllowed(compileRule({ include: [pattern], exclude: [] }), path);

const GUEST = join(import.meta.dirname, "../../src/sandbox/guest");

// Asks the guest's own matcher, in a Python that is started for it.
function matchedByGuest(cases: readonly (readonly [pattern: string, path: string])[]): readonly boolean[] {
  const given = cases.map(([pattern, path]) => [compileRule({ include: [pattern], exclude: [] }).include, path]);
  const program =
    "import sys,json\nsys.path.insert(0,sys.argv[1])\nfrom walk import matcher\nprint(json.dumps([bool(matcher(e)(p)) for e,p in json.load(sys.stdin)]))";
  const input = JSON.stringify(given);
  return JSON.parse(execFileSync("python3", ["-c", program, GUEST], { input, encoding: "utf8", maxBuffer: 1e8 })) as boolean[];
}

// Few letters, so that patterns and paths meet often.
const piece = fc.constantFrom("a", "b", "ab", "*", "*", "**", "?", ".", "{a,b}", "{a*,?b}", "a*b*");
const segment = fc.oneof(
  fc.constant("**"),
  fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
);
const pattern = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join("/"));
const name = fc.string({ unit: fc.constantFrom("a", "b", ".", "a"), minLength: 1, maxLength: 7 }).filter((text) => !/^\.+$/.test(text));
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join("/"));

test("patterns match what a matcher that backtracks matches, on the host and in the guest's Python", () => {
  const cases = fc.sample(fc.tuple(pattern, path), { numRuns: 3000, seed: 7 });
  const expected = cases.map(([glob, file]) => backtrackingGlob(glob).test(file));

  expect(expected.filter(Boolean).length).toBeGreaterThan(300);
  expect(cases.map(([glob, file]) => matches(glob, file))).toEqual(expected);
  expect(matchedByGuest(cases)).toEqual(expected);
});

test("patterns match what Node's own matcher matches, where both give a pattern the same meaning", () => {
  const visible = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 6 });
  const files = fc.array(visible, { minLength: 1, maxLength: 5 }).map((names) => names.join("/"));
  // Node removes a folder that is called by a dot alone, which no path has here.
  const plain = pattern.filter((glob) => !/(?:^|\/)\.+(?:\/|$)/.test(glob));
  const cases = fc.sample(fc.tuple(plain, files), { numRuns: 4000, seed: 11 });
  const expected = cases.map(([glob, file]) => matchesGlob(file, glob));

  expect(expected.filter(Boolean).length).toBeGreaterThan(300);
  const differing = cases.filter(([glob, file], index) => matches(glob, file) !== expected[index]);

  expect(differing).toEqual([]);
});

test("names match a pattern with stars as a matcher that backtracks says, line ends and special characters too", () => {
  const names = fc.string({ unit: fc.constantFrom("a", "b", "*", "\n", "?", "(", "$"), maxLength: 8 });
  fc.assert(
    fc.property(names, names, (stars, text) => {
      const plain = new RegExp(
        `^${stars
          .split("*")
          .map((part) => part.replace(/[?($]/g, "\\$&"))
          .join("[^]*")}$`,
      );
      expect(wildcard(stars).test(text)).toBe(plain.test(text));
    }),
    { numRuns: 5000, seed: 3 },
  );
});

const HOSTILE: readonly (readonly [title: string, pattern: string, path: string])[] = [
  ["stars in one name", `${"*a".repeat(40)}b`, "a".repeat(250)],
  ["stars between letters", `*${"a*".repeat(49)}b`, "a".repeat(250)],
  ["many folders", `${"**/a/".repeat(24)}b`, "a/".repeat(2000)],
  ["many folders with stars", `${"**/*a*/".repeat(12)}b`, "a/".repeat(2000)],
  ["long runs after folders", `**/${"a/".repeat(480)}b/**`, "a/".repeat(2000)],
  ["question marks", `**/*${"?".repeat(200)}b*/**`, Array(16).fill("a".repeat(250)).join("/")],
  ["choices", `{a,aa}{a,aa}{a,aa}{a,aa}{a,aa}${"*a".repeat(20)}b`, "a".repeat(250)],
];

test.for(HOSTILE)("%s take no time, on the host and in the guest's Python", ([, glob, file]) => {
  const started = performance.now();

  expect(matches(glob, file)).toBe(false);
  expect(matchedByGuest([[glob, file]])).toEqual([false]);

  expect(performance.now() - started).toBeLessThan(20_000);
});

// Far smaller than the patterns above, and still without end: the attack is real.
test.for([
  ["stars in one name", `${"*a".repeat(9)}b`, "a".repeat(120)],
  ["many folders", `${"**/a/".repeat(9)}b`, "a/".repeat(120)],
])("without the defence, %s are matched for longer than three seconds", ([, glob, file]) => {
  const expression = backtrackingGlob(glob as string).source;
  const script = `new RegExp(${JSON.stringify(expression)}, "u").test(${JSON.stringify(file)})`;

  const { error } = spawnSync(process.execPath, ["-e", script], { timeout: 3000 });

  expect((error as NodeJS.ErrnoException | undefined)?.code).toBe("ETIMEDOUT");
});

test.for([
  ["a long pattern", ["a".repeat(1001)], "has more than 1000 characters"],
  ["many stars", ["*a".repeat(51)], "has more than 50 stars"],
  ["thirty choices", ["{a,b}".repeat(30)], "expand to more than 1000 patterns"],
  ["deep choices", ["{{{{a,b},b},b},b}".repeat(20)], "expand to more than 1000 patterns"],
  ["many patterns", Array.from({ length: 1001 }, () => "a"), "expand to more than 1000 patterns"],
  ["long choices", [`{a,b,c,d,e,f,g,h}${"x".repeat(900)}`], "expand to more than 5000 characters"],
] as const)("%s are refused before they are used", ([, include, problem]) => {
  expect(faultOfPatterns(include)?.problem).toContain(problem);
  expect(() => compileRule({ include, exclude: [] })).toThrow(UserError);
  expect(() => compileRule({ include: [], exclude: include })).toThrow(problem);
});

test("as many stars as there may be are matched by expressions that Python can read", () => {
  const include = Array.from({ length: 60 }, (_, index) => `${"*a".repeat(30)}${index}`);
  const rule = compileRule({ include, exclude: [] });

  expect(rule.include.length).toBeGreaterThan(1);
  const program = "import sys,json,re\nfor e in json.load(sys.stdin): re.compile(e)";
  expect(execFileSync("python3", ["-c", program], { input: JSON.stringify(rule.include), encoding: "utf8" })).toBe("");
  expect(include.every((_, index) => isAllowed(rule, `${"xa".repeat(30)}${index}`))).toBe(true);
});
