import { expect, test } from "vitest";
import { csvReport } from "../../src/report/csv.ts";
import { aComparisonReport, anArmInRun } from "../fixtures/report.ts";
import { reportOf } from "../../src/report/report.ts";

// A reader of RFC 4180 in a few lines, written apart from the writer.
function rowsIn(text: string): readonly (readonly string[])[] {
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of cells) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

test("every arm and task has its row, and reads back as it was", () => {
  const [head, ...rows] = rowsIn(csvReport(aComparisonReport()));

  expect(head?.slice(0, 7)).toEqual(["run", "arm", "model", "prompt", "task", "passed", "trials"]);
  expect(rows).toHaveLength(24);
  expect(rows[1]?.slice(1, 7)).toEqual(["base", "base-model", "default", "task-2", "3", "3"]);
});

test("an unknown cost is empty, and a name that looks like a formula is text", () => {
  const side = anArmInRun('=cmd|"x",y', [3]);
  const unknown = { ...side, arm: { ...side.arm, perTask: side.arm.perTask.map((task) => ({ ...task, costUsd: null })) } };
  const [head = [], row = []] = rowsIn(csvReport(reportOf([unknown], [side.run])));

  expect(row[head.indexOf("arm")]).toBe('\'=cmd|"x",y');
  expect(row[head.indexOf("cost_usd")]).toBe("");
});
