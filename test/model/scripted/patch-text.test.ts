import { expect, test } from "vitest";
import { parsePatch } from "../../../src/core/patch.ts";
import { patchFor } from "../../../src/model/scripted/patch-text.ts";

const long = Array.from({ length: 20 }, (_, index) => `line ${index}\n`).join("");

test("one place is changed by a hunk with three lines around it", () => {
  expect(patchFor("a.py", long, long.replace("line 9\n", "nine\n"))).toBe(
    "*** Begin Patch\n*** Update File: a.py\n@@\n line 6\n line 7\n line 8\n-line 9\n+nine\n line 10\n line 11\n line 12\n*** End Patch\n",
  );
});

test.for([
  { title: "a new file", before: null, after: "x\n\n" },
  { title: "a place that occurs before", before: "a\n".repeat(30), after: `${"a\n".repeat(20)}b\n${"a\n".repeat(9)}` },
  { title: "a file without a last line end", before: "x", after: "y\n" },
])("$title is written as a whole", ({ before, after }) => {
  expect(parsePatch(patchFor("a", before, after) ?? "")).toEqual({ kind: "parsed", operations: [{ kind: "add", path: "a", text: after }] });
});

test.for([
  { title: "a last line without an end", path: "a", after: "x" },
  { title: "line ends of Windows", path: "a", after: "x\r\n" },
  { title: "a path of two lines", path: "a\nb", after: "x\n" },
])("no patch says $title", ({ path, after }) => {
  expect(patchFor(path, null, after)).toBeNull();
});
