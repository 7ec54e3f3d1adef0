import { expect, test } from "vitest";
import type { Soundness } from "../../../../src/core/verdict.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { checkTable } from "../../../../src/report/terminal/table/check-tables.ts";

const SOUND: Soundness = {
  taskId: "tide",
  tests: 2,
  isolation: "process",
  reference: { name: "reference", passed: 1, repeats: 1 },
  untouched: { name: "untouched workspace", passed: 0, repeats: 1 },
  wrong: [],
  problems: [],
  remarks: [],
  output: null,
};

test("what is wrong with a suite comes after the remarks on its sound tasks, with what was printed", () => {
  const text = checkTable(
    [
      { ...SOUND, taskId: "anchor", problems: ["the tests accept it"], output: "1 passed", remarks: ["one is skipped"] },
      { ...SOUND, remarks: ["another is skipped"] },
    ],
    palette(false),
  );

  expect(text.split("\n").slice(3)).toEqual([
    "",
    "tide: note: another is skipped",
    "anchor: the tests accept it",
    "  The tests printed:",
    "  | 1 passed",
    "anchor: note: one is skipped",
    "1 of 2 tasks are sound.",
  ]);
});
