import { expect, test } from "vitest";
import type { RunListing, RunState } from "../../../../src/core/record.ts";
import { palette } from "../../../../src/report/terminal/palette.ts";
import { listTable } from "../../../../src/report/terminal/table/list-table.ts";
import { aRun } from "../../../fixtures/record.ts";

type Listed = RunListing & { readonly state: RunState };

const listing = (changes: Partial<Listed>): Listed => ({
  ...aRun(),
  arms: [{ name: "gpt", api: "openai-chat" }],
  planned: 4,
  passed: 2,
  graded: 3,
  errors: 1,
  tasks: 4,
  unfinishedTasks: 0,
  costUsd: 0.42,
  unbilledAttempts: 0,
  state: "complete",
  ...changes,
});

test("a cost beside which requests may have been billed is marked, and the mark explained once", () => {
  const table = listTable([listing({ unbilledAttempts: 2 }), listing({ unbilledAttempts: 1 }), listing({})], palette(false));

  expect(table).toMatch(/\$0\.420\+ .*\n.*\$0\.420\+ .*\n.*\$0\.420 /);
  expect(table.split("may have been billed in addition")).toHaveLength(2);
});

test("an unknown cost stays unknown, and certain costs have no note", () => {
  expect(listTable([listing({ costUsd: null, unbilledAttempts: 2 })], palette(false))).toMatch(/ unknown /);
  expect(listTable([listing({}), listing({ costUsd: null, unbilledAttempts: 2 })], palette(false))).not.toContain("+");
});
