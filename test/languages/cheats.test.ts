import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Isolation, TEST_RUNNERS } from "../../src/core/task.ts";
import { holdSection } from "../fixtures/readme.ts";
import { CARGO_TASK } from "./cheats/cargo.ts";
import type { CheatedTask, LanguageCheat } from "./cheats/cheat.ts";
import { COMMAND_TASK, PROGRAM_TASK } from "./cheats/command.ts";
import { GO_TASK } from "./cheats/go.ts";
import { JUNIT_TASK } from "./cheats/java.ts";
import { JEST_TASK } from "./cheats/jest.ts";
import { CATCH_TASK, CTEST_TASK } from "./cheats/native.ts";
import { type PlayedCheat, type PlayedTask, playTask } from "./cheats/play.ts";
import { VITEST_TASK } from "./cheats/vitest.ts";

const ALL: readonly CheatedTask[] = [
  VITEST_TASK,
  JEST_TASK,
  GO_TASK,
  CARGO_TASK,
  JUNIT_TASK,
  CATCH_TASK,
  CTEST_TASK,
  COMMAND_TASK,
  PROGRAM_TASK,
];

// Every third of each task, since all take twice as long as everything else here; BENCH_CHEATS=. plays all, and any other expression those whose names it matches.
const wanted = process.env["BENCH_CHEATS"];
const STEP = 3;
const isPlayed = ({ name }: CheatedTask, { title }: LanguageCheat, place: number): boolean =>
  wanted === undefined ? place % STEP === 0 : new RegExp(wanted).test(`${name}: ${title}`);
const TASKS = ALL.map((task) => ({ ...task, cheats: task.cheats.filter((cheat, place) => isPlayed(task, cheat, place)) })).filter(
  ({ cheats }) => cheats.length > 0,
);

describe.for(TASKS)("a task for $name with isolation $isolation", (task) => {
  let played: PlayedTask;
  beforeAll(async () => {
    played = await playTask(task);
  });

  const outcomeOf = (cheat: LanguageCheat): PlayedCheat => {
    const outcome = played.cheats.get(cheat);
    if (outcome === undefined) throw new Error(`"${cheat.title}" was not played`);
    return outcome;
  };

  test("is told right from wrong by an undefended grader and here", () => {
    const { right, wrong } = played;

    expect(right).toMatchObject({ undefended: { status: 0 }, here: { passed: true } });
    expect(wrong.undefended?.status).not.toBe(0);
    expect(wrong.here).toMatchObject({ passed: false, tampering: [] });
  });

  describe.for(task.cheats)("where a solution $title", (cheat) => {
    test.skipIf(cheat.only !== undefined && cheat.only !== process.arch)("fools an undefended grader", () => {
      const { status, output } = outcomeOf(cheat).undefended ?? { status: null, output: "" };

      expect({ status, output: status === 0 ? "" : output.slice(-1500) }).toEqual({ status: 0, output: "" });
    });

    test(cheat.open === true ? "is not stopped, as the docs say" : "fails here", () => {
      const { passed, reason, log } = outcomeOf(cheat).here;
      const isExpected = passed === (cheat.open === true);

      expect({ passed, reason, log: isExpected ? "" : log.slice(-1500) }).toMatchObject({ passed: cheat.open === true, log: "" });
    });
  });
});

/** Writes in Markdown how many cheats of each runner are caught with each isolation. */
function languageTable(): string {
  const lines = TEST_RUNNERS.flatMap((runner) => {
    const own = ALL.filter((task) => task.runner === runner);
    const cheats = own.flatMap((task) => task.cheats);
    if (cheats.length === 0) return [];
    const kinds = new Set(cheats.flatMap(({ row }) => row.split("+"))).size;
    const caught = (isolation: Isolation): string => {
      const played = own.filter((task) => task.isolation === isolation).flatMap((task) => task.cheats);
      return played.length === 0 ? "–" : `${played.filter(({ open }) => open !== true).length} of ${played.length}`;
    };
    return [`| ${runner} | ${kinds} | ${cheats.length} | ${caught("process")} | ${caught("none")} |`];
  });
  return ["| Runner | Kinds | Cheats | Caught with `process` | Caught with `none` |", "|---|---:|---:|---:|---:|", ...lines].join("\n");
}

/** Writes in Markdown what is not stopped and what is, by name. */
function languageLists(): string {
  const lists = (isOpen: boolean): readonly string[] =>
    ALL.map(({ name, isolation, cheats }) => ({
      head: `${name}${isolation === "process" ? " with `isolation: process`" : ""}`,
      titles: cheats.filter(({ open }) => (open === true) === isOpen).map(({ title }) => title),
    }))
      .filter(({ titles }) => titles.length > 0)
      .map(({ head, titles }) => `- ${head}: ${titles.join("; ")}.`);
  return [
    "Not stopped in the other runners, a solution that",
    "",
    ...lists(true),
    "",
    "Stopped in the other runners, a solution that",
    "",
    ...lists(false),
  ].join("\n");
}

afterAll(() => {
  process.stdout.write(`\n${languageTable()}\n`);
});

test("the docs say what comes out", () => {
  holdSection("language-cheats", languageTable());
  holdSection("open-language-cheats", languageLists());
});
