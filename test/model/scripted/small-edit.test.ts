import fc from "fast-check";
import { expect, test } from "vitest";
import { smallEdit } from "../../../src/model/scripted/small-edit.ts";

const long = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join("");

test("a small edit is a unique text and what replaces it", () => {
  expect(smallEdit(long, long.replace("line 20\n", "line twenty\n"))).toEqual({ oldText: "line 20\n", newText: "line twenty\n" });
});

test("an insertion has a line to hold on to", () => {
  const edit = smallEdit(long, long.replace("line 20\n", "line 20\nand a half\n"));

  expect(edit?.newText).toContain("and a half\n");
  expect(long.split(edit?.oldText ?? "")).toHaveLength(2);
});

test.for([
  { title: "nothing changes", before: long, after: long },
  { title: "there was nothing", before: "", after: "x\n" },
  { title: "nearly all changes", before: long, after: long.replaceAll("line", "row") },
  { title: "lines end as on Windows", before: "a\r\nb\r\n", after: "a\r\nc\r\n" },
])("there is no small edit when $title", ({ before, after }) => {
  expect(smallEdit(before, after)).toBeNull();
});

test("an edit that is found turns the one text into the other", () => {
  const text = fc.array(fc.constantFrom("a\n", "b\n", "\n", "c d\n", "e"), { maxLength: 14 }).map((lines) => lines.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edit = smallEdit(before, after);
      if (edit === null) return;
      const parts = before.split(edit.oldText);
      expect(parts).toHaveLength(2);
      expect(parts.join(edit.newText)).toBe(after);
    }),
    { numRuns: 500 },
  );
});
