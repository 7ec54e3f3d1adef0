import { expect, test } from "vitest";
import { pageData } from "../../src/report/html/make-page-data.ts";
import { changeOf, pageModel, type Row, rateOf } from "../../src/web/page-model.ts";
import { pageSample } from "../fixtures/page-sample.ts";

const { report } = pageSample({ tasks: 4, arms: 3, attempts: 2, steps: 1 });

test("each task has one row with the figures of every arm", () => {
  const page = pageModel(pageData(report));

  expect(page.rows).toHaveLength(4);
  for (const [index, arm] of report.arms.entries()) {
    expect(page.rows.map((row) => row[index]?.passed)).toEqual(arm.perTask.map(({ passed }) => passed));
    expect(page.rows.map((row) => row[index]?.trials)).toEqual(arm.perTask.map(({ trials }) => trials));
  }
});

test("the baseline is the gate's, else that of the first comparison, else the first arm", () => {
  const data = pageData(report);
  const [comparison] = data.comparisons;
  if (!comparison) throw new Error("the sample compares nothing");

  expect(pageModel({ ...data, comparisons: [] }).baseline).toBe(0);
  expect(pageModel({ ...data, comparisons: [{ ...comparison, baseline: 2 }] }).baseline).toBe(2);
  expect(pageModel({ ...data, comparisons: [{ ...comparison, baseline: -1 }] }).baseline).toBe(0);
});

test("a change is known only where both arms have a grade of the same version of the task", () => {
  const cell = { passed: 1, trials: 2, errors: 0, tampered: 0, costUsd: null, version: 0 };
  const row: Row = [cell, { ...cell, passed: 2 }, { ...cell, version: 1 }, { ...cell, passed: 0, trials: 0, errors: 1 }, null];

  expect(row.map((_cell, arm) => changeOf(row, arm, 0))).toEqual([null, 0.5, null, null, null]);
  expect(row.map(rateOf)).toEqual([0.5, 1, 0.5, null, null]);
});
