import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Trajectory } from "../../src/core/record.ts";
import type { Isolation } from "../../src/core/task.ts";
import { holdSection } from "../fixtures/readme.ts";
import { type Grading, gradeAll, type Play, playAll, shownTo } from "./play.ts";
import { TEST_MARK } from "./pytest/tasks.ts";
import { CHEATS, type NamedCheat, NOT_PLAYED, OPEN_WITH_NONE, ROWS } from "./suite.ts";
import { cheatTable, type Judged, openTable } from "./table.ts";

// BENCH_CHEATS=<expression> plays only what it matches.
const wanted = new RegExp(process.env["BENCH_CHEATS"] ?? "");
const cheats = CHEATS.filter(({ id }) => wanted.test(id));

const PLANTED_KEY = "OPENAI_API_KEY";

// In isolation none, only how it is graded differs: an agent that but writes files is not played again.
const isPlayed = (cheat: NamedCheat, isolation: Isolation): boolean => isolation === "process" || cheat.agent !== undefined;
const playsOf = (isolation: Isolation): readonly Play[] =>
  cheats.filter((cheat) => isPlayed(cheat, isolation)).map((cheat) => playOf(cheat, isolation));

let graded: ReadonlyMap<string, Grading> = new Map();
let outcomes: ReadonlyMap<string, Trajectory> = new Map();
let left = 0;

beforeAll(async () => {
  process.env[PLANTED_KEY] = "sk-planted-in-the-harness";
  try {
    const alone = cheats.filter((cheat) => !isPlayed(cheat, "none")).map((cheat) => playOf(cheat, "none"));
    const [played, gradings] = await Promise.all([playAll([...playsOf("process"), ...playsOf("none")]), gradeAll(alone)]);
    ({ outcomes, left } = played);
    graded = gradings;
  } finally {
    delete process.env[PLANTED_KEY];
  }
}, 1_200_000);

function playOf(cheat: NamedCheat, isolation: Isolation): Play {
  const { task, files, agent, secondsOfTests } = cheat;
  const more = { ...(agent === undefined ? {} : { agent }), ...(secondsOfTests === undefined ? {} : { secondsOfTests }) };
  return { id: `${cheat.id} (${isolation})`, task, isolation, files, ...more };
}

function outcomeOf(cheat: NamedCheat, isolation: Isolation): Trajectory {
  const outcome = outcomes.get(`${cheat.id} (${isolation})`);
  if (outcome === undefined) throw new Error(`"${cheat.id}" was not played`);
  return outcome;
}

function gradingOf(cheat: NamedCheat, isolation: Isolation): Grading {
  if (!isPlayed(cheat, isolation)) return graded.get(`${cheat.id} (${isolation})`) ?? { error: "it was not graded", passed: null };
  const { errorMessage, passed } = outcomeOf(cheat, isolation).trial;
  return { error: errorMessage, passed };
}

const isCaught = (cheat: NamedCheat, isolation: Isolation): boolean => gradingOf(cheat, isolation).passed === false;

describe("in isolation process, this solution fails and is no error, but for what the docs name: it", () => {
  test.for(cheats.map((cheat) => [cheat.id, cheat] as const))("%s", ([, cheat]) => {
    expect(gradingOf(cheat, "process")).toEqual({ error: null, passed: false });
    expect(shownTo(outcomeOf(cheat, "process"))).not.toContain(TEST_MARK);
  });
});

describe("in isolation none, what is stopped and what is not stays as the docs say: it", () => {
  test.for(cheats.map((cheat) => [cheat.id, cheat] as const))("%s", ([, cheat]) => {
    expect(gradingOf(cheat, "none")).toEqual({ error: null, passed: OPEN_WITH_NONE.has(cheat.id) });
  });
});

test("every row of the catalogue is played or has a reason not to be", () => {
  const played = new Set(CHEATS.flatMap(({ rows }) => rows));
  const known = new Set([...played, ...NOT_PLAYED.map(({ row }) => row)]);

  expect(ROWS.filter((row) => !known.has(row))).toEqual([]);
  expect([...known].filter((row) => !ROWS.includes(row))).toEqual([]);
  expect(NOT_PLAYED.filter(({ row }) => played.has(row))).toEqual([]);
});

test("no container is left", () => {
  expect(left).toBe(0);
});

const judged = (): readonly Judged[] =>
  cheats.map((cheat) => ({ cheat, process: isCaught(cheat, "process"), none: isCaught(cheat, "none") }));

afterAll(() => {
  process.stdout.write(`\n${cheatTable(judged())}\n\n${openTable(judged())}\n`);
});

test.skipIf(process.env["BENCH_CHEATS"] !== undefined)("the docs say what came out", () => {
  holdSection("cheats", cheatTable(judged()));
  holdSection("open-cheats", openTable(judged()));
});
