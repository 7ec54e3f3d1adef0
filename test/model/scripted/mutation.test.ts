import { expect, test } from "vitest";
import { mutate } from "../../../src/model/scripted/mutation.ts";

const seeds = Array.from({ length: 40 }, (_, index) => `seed-${index}`);
const spoiled = (after: string, before = ""): Set<string | null> =>
  new Set(seeds.map((seed) => mutate({ path: "a.py", before, after }, seed)));

test("a solution is wrong in one line, in different ways for different seeds", () => {
  const after = "def clamp(x, low, high):\n    if x < low and x != 7:\n        return low\n    return high * 2\n";
  const results = [...spoiled(after)];

  expect(results.length).toBeGreaterThan(4);
  for (const text of results) {
    const lines = (text ?? "").split("\n");
    expect(lines.filter((line, index) => line !== after.split("\n")[index])).toHaveLength(1);
    expect(lines).toHaveLength(after.split("\n").length);
  }
});

test("the same seed spoils the same way", () => {
  const rewrite = { path: "a.js", before: "", after: "export const f = (a) => a > 1 && a < 9;\n" };

  expect(seeds.map((seed) => mutate(rewrite, seed))).toEqual(seeds.map((seed) => mutate(rewrite, seed)));
});

test("only what the solution adds is touched", () => {
  const before = "def sub(a, b):\n    return a - b\n";

  for (const text of spoiled(`${before}\ndef add(a, b):\n    return a + b\n`, before)) expect(text).toContain(before);
});

test.for([
  { title: "comments", after: "# 1 and 2 are == here\n// 3 < 4\n" },
  { title: "docstrings and block comments", after: '"""Adds 1 and 2.\n\nIt is not in use and returns True.\n"""\n/*\n return 3 + 4\n*/\n' },
  { title: "imports, loops and counters", after: "import a1\nfrom b import c\nwhile i < 10:\n    i += 1\nfor i in range(9):\n    pass\n" },
  { title: "words in quotes", after: 'print("this and that or True")\n' },
  { title: "prose", after: "Hello world\n" },
])("$title are left alone", ({ after }) => {
  expect(spoiled(after)).toEqual(new Set([null]));
});
