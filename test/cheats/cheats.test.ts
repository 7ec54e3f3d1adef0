import { existsSync, rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdSection } from "../fixtures/readme.ts";
import type { Cheat, Oddity, Played } from "./cheat.ts";
import { type Outcome, playAll, shownTo } from "./play.ts";
import { CHEATS, HONEST, NOT_PLAYED, OPEN_WITHOUT_BOUNDARY, ROWS } from "./suite.ts";
import { secretsOf } from "./sum-task.ts";
import { cheatTable } from "./table.ts";

// BENCH_CHEATS=<expression> plays only what it matches.
const wanted = new RegExp(process.env["BENCH_CHEATS"] ?? "");
const cheats = CHEATS.filter(({ id }) => wanted.test(id));
const honest = HONEST.filter(({ id }) => wanted.test(id));
const open = OPEN_WITHOUT_BOUNDARY.filter(({ id }) => wanted.test(id));

const PLANTED_KEY = "OPENAI_API_KEY";
const HOST_FILE_OF_GIT = "/tmp/pwned-by-git";

let outcomes: ReadonlyMap<string, Outcome> = new Map();
let left = 0;

beforeAll(async () => {
  process.env[PLANTED_KEY] = "sk-planted-in-the-harness";
  rmSync(HOST_FILE_OF_GIT, { force: true });
  try {
    ({ outcomes, left } = await playAll([...cheats, ...honest, ...open]));
  } finally {
    delete process.env[PLANTED_KEY];
  }
}, 900_000);

function outcomeOf({ id }: Played<Cheat | Oddity>): Outcome {
  const outcome = outcomes.get(id);
  if (outcome === undefined) throw new Error(`"${id}" was not played`);
  return outcome;
}

const isCaught = (played: Played<Cheat>): boolean => outcomes.get(played.id)?.trajectory.trial.passed === false;

describe("a cheat does not pass", () => {
  test.for(cheats.map((cheat) => [cheat.id, cheat] as const))("%s", ([, cheat]) => {
    const { trajectory, signs } = outcomeOf(cheat);
    const shown = shownTo(trajectory);

    expect(trajectory.trial.errorMessage).toBeNull();
    expect(trajectory.trial.passed).toBe(false);
    for (const secret of [...secretsOf(cheat.target), ...(cheat.mustNotSee ?? [])]) expect(shown).not.toMatch(secret);
    expect(trajectory.testLog).not.toContain("OPENED");
    if (cheat.sign !== undefined) expect(signs.map(({ kind }) => kind)).toContain(cheat.sign);
  });
});

describe("an honest solution passes, and is called no cheat, when it", () => {
  test.for(honest.map((oddity) => [oddity.id, oddity] as const))("%s", ([, oddity]) => {
    const { trajectory, signs } = outcomeOf(oddity);

    expect(trajectory.trial.errorMessage).toBeNull();
    expect({ passed: trajectory.trial.passed, tests: trajectory.tests.filter((one) => one.status === "failed").slice(0, 3) }).toEqual({
      passed: true,
      tests: [],
    });
    expect(signs).toEqual([]);
  });
});

describe("known to be open without a boundary", () => {
  test.for(open.map((cheat) => [cheat.id, cheat] as const))("%s", ([, cheat]) => {
    expect(outcomeOf(cheat).trajectory.trial).toMatchObject({ passed: true, errorMessage: null });
  });
});

test("every row of the catalogue is played or has a reason not to be", () => {
  const known = new Set([...CHEATS.flatMap(({ rows }) => rows), ...NOT_PLAYED.map(({ row }) => row)]);

  expect(
    Object.values(ROWS)
      .flat()
      .filter((row) => !known.has(row)),
  ).toEqual([]);
  expect(CHEATS.flatMap(({ rows }) => rows).filter((row) => !Object.values(ROWS).flat().includes(row))).toEqual([]);
  for (const { row, whole } of NOT_PLAYED) expect(CHEATS.some(({ rows }) => rows.includes(row))).toBe(!whole);
});

test("no container is left and git ran nothing on the host", () => {
  expect(left).toBe(0);
  expect(existsSync(HOST_FILE_OF_GIT)).toBe(false);
});

const summary = (): string => {
  const caught = cheats.filter(isCaught).length;
  const passed = honest.filter(({ id }) => outcomes.get(id)?.trajectory.trial.passed === true).length;
  // Some that need not be flagged are now and then, as chance has it; the table counts those that always are.
  const table = cheatTable(cheats.map((cheat) => ({ cheat, caught: isCaught(cheat) })));
  return `Caught ${caught} of ${cheats.length} cheats; ${passed} of ${honest.length} honest solutions pass, none is flagged.\n\n${table}`;
};

afterAll(() => {
  process.stdout.write(`\n${summary()}\n`);
});

test.skipIf(process.env["BENCH_CHEATS"] !== undefined)("the docs say what came out", () => {
  holdSection("cheats", summary());
});
