import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import type { SourceFile, Task } from "../../../src/core/task.ts";
import { loadExercism } from "../../../src/import/exercism/exercism.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";
import { gradeTexts, learn } from "../../grade/small-task.ts";

const checkout = fileURLToPath(new URL("../../fixtures/exercism", import.meta.url));
const practice = (track: string) => join(checkout, track, "exercises/practice");

const paths = (files: readonly SourceFile[] | null) => files?.map((file) => file.path);
const texts = (files: readonly SourceFile[] | null) =>
  Object.fromEntries((files ?? []).map((file) => [file.path, new TextDecoder().decode(file.bytes)]));
const only = (path: string): Task => loadExercism(path).tasks[0] as Task;

describe("an Exercism path", () => {
  test("can be a checkout of tracks, where other languages are counted as left out", () => {
    const suite = loadExercism(checkout);

    expect(suite.name).toBe("exercism-polyglot");
    expect(suite.tasks.map((task) => task.id)).toEqual(["javascript-knot-counter", "python-tide-table"]);
    expect(suite.leftOut).toEqual([{ kind: "Ruby", count: 1, reason: "no test runner here" }]);
  });

  test.for([join(checkout, "python"), practice("python"), join(practice("python"), "tide-table"), join(practice("python"), "tide-table/")])(
    "can be a track, its exercises, or one of them",
    (path) => {
      const suite = loadExercism(path);

      expect(suite.name).toBe("exercism-python");
      expect(suite.tasks.map((task) => task.id)).toEqual(["tide-table"]);
      expect(suite.leftOut).toEqual([]);
    },
  );

  test("puts one exercise in several languages into one group, and those of one language into none", () => {
    using temp = new TempFolder();
    const copies = { "python/exercises/practice/knot": "python", "javascript/exercises/practice/knot": "javascript" } as const;
    const names = { python: "tide-table", javascript: "knot-counter" };
    for (const [path, track] of Object.entries(copies)) cpSync(join(practice(track), names[track]), temp.at(path), { recursive: true });

    expect(loadExercism(temp.path).tasks.map(({ id, group }) => [id, group])).toEqual([
      ["javascript-knot", "knot"],
      ["python-knot", "knot"],
    ]);
    expect(only(join(practice("python"), "tide-table")).group).toBeUndefined();
  });

  test("counts the concept exercises of a track as left out", () => {
    using temp = new TempFolder();
    for (const kind of ["practice", "concept"])
      cpSync(join(practice("python"), "tide-table"), temp.at(`exercises/${kind}/tide-table`), { recursive: true });

    expect(loadExercism(temp.path).leftOut).toEqual([{ kind: "concept", count: 1, reason: "only practice exercises are loaded" }]);
  });

  test("skips links and what other tools leave behind", async () => {
    using temp = new TempFolder();
    cpSync(join(practice("python"), "tide-table"), temp.path, { recursive: true });
    temp.write({ "node_modules/x/index.js": "1\n" });
    symlinkSync(temp.at("harbour.py"), temp.at("linked.py"));

    expect(paths(await only(temp.path).files.workspace())).toEqual(["harbour.py", "tide_table.py"]);
  });

  test.for([
    { title: "does not exist", path: join(checkout, "nowhere"), message: /there is no such folder/ },
    {
      title: "holds no exercise",
      path: join(checkout, "python/exercises/practice/tide-table/.docs"),
      message: /holds no Exercism exercise/,
    },
    {
      title: "holds only other languages",
      path: join(checkout, "ruby"),
      message: /none of its 1 exercises can be graded here \(Ruby: no test runner here\); choose exercises in Python/,
    },
  ])("that $title is a user's mistake", ({ path, message }) => {
    expect(() => loadExercism(path)).toThrow(UserError);
    expect(() => loadExercism(path)).toThrow(message);
  });
});

describe("a Python exercise", () => {
  const task = only(join(practice("python"), "tide-table"));

  test("shows its documents in order, then what to deliver", () => {
    const order = ["# Introduction", "# Instructions\n", "# Instructions append", "# What to deliver", "`tide_table.py`"];

    expect(order.map((part) => task.prompt.indexOf(part))).toEqual(
      order.map((part) => task.prompt.indexOf(part)).toSorted((a, b) => a - b),
    );
    expect(order.every((part) => task.prompt.includes(part))).toBe(true);
    expect(task.title).toBe("Tide table");
  });

  test("hides tests, solution and approaches, and keeps helper files", async () => {
    expect(paths(await task.files.workspace())).toEqual(["harbour.py", "tide_table.py"]);
    expect(paths(await task.files.tests())).toEqual(["tide_table_test.py"]);
    expect(Object.keys(texts(await task.files.reference()))).toEqual(["tide_table.py"]);
    expect(task.deliver).toEqual({ include: ["tide_table.py", "**/*.py"], exclude: ["tide_table_test.py", "harbour.py"] });
    expect(task.tests).toMatchObject({
      runner: "pytest",
      files: ["tide_table_test.py"],
      required: null,
      placement: "outside",
      timeoutSeconds: 60,
    });
  });

  test("is graded: the reference passes, the stub and a changed helper do not", async () => {
    const required = await learn(task);

    expect(required).toEqual(["at_the_edge", "no_levels", "two_tides"].map((name) => `tide_table_test.py::TideTableTest::test_${name}`));
    expect((await gradeTexts(task, {}, required)).passed).toBe(false);
    expect((await gradeTexts(task, { "harbour.py": "GROUND = 0\n" }, required)).passed).toBe(false);
    expect((await gradeTexts(task, texts(await task.files.reference()), required)).passed).toBe(true);
  });
});

describe("a JavaScript exercise", () => {
  const task = only(join(practice("javascript"), "knot-counter"));

  test("has its tests beside the solution, with Jest's globals", async () => {
    expect(paths(await task.files.workspace())).toEqual(["babel.config.js", "knot-counter.js", "knot.js", "package.json"]);
    expect(task.tests).toMatchObject({ runner: "node", placement: "workspace", jestGlobals: true, timeoutSeconds: 180 });
  });

  test("is graded with the tests that were skipped", async () => {
    const required = await learn(task);

    expect(required).toEqual(
      ["counts none", "counts two", "refusal > refuses a number"].map((name) => `knot-counter.spec.js > Knot counter > ${name}`),
    );
    expect((await gradeTexts(task, {}, required)).passed).toBe(false);
  });
});

describe("an exercise's digest", () => {
  const digestAfter = (change: (folder: string) => void): string => {
    using temp = new TempFolder();
    cpSync(join(practice("python"), "tide-table"), temp.path, { recursive: true });
    change(temp.path);
    return only(temp.path).digest;
  };
  const unchanged = digestAfter(() => {});

  test("does not depend on where the exercise is, nor on files outside the task", () => {
    expect(digestAfter(() => {})).toBe(unchanged);
    expect(digestAfter((folder) => writeFileSync(join(folder, ".approaches/sorting/content.md"), "other"))).toBe(unchanged);
  });

  test.for(["tide_table.py", "harbour.py", "tide_table_test.py", ".meta/example.py", ".docs/instructions.md"])(
    "changes with %s",
    (file) => {
      expect(digestAfter((folder) => writeFileSync(join(folder, file), "# other\n"))).not.toBe(unchanged);
    },
  );

  test("changes with an added and with a removed file", () => {
    expect(digestAfter((folder) => writeFileSync(join(folder, "more.py"), ""))).not.toBe(unchanged);
    expect(digestAfter((folder) => rmSync(join(folder, "harbour.py")))).not.toBe(unchanged);
  });
});

test("a file that was removed after the suite was loaded is a user's mistake that names it", async () => {
  using temp = new TempFolder();
  cpSync(join(practice("python"), "tide-table"), temp.path, { recursive: true });
  const task = only(temp.path);
  rmSync(join(temp.path, "harbour.py"));

  await expect(task.files.workspace()).rejects.toThrow(/harbour\.py": there is no such file/);
});

test("a file that changed after the suite was loaded is noticed", async () => {
  using folder = new TempFolder();
  cpSync(join(practice("python"), "tide-table"), folder.path, { recursive: true });
  const { files } = only(folder.path);
  expect(paths(await files.tests())).toEqual(["tide_table_test.py"]);

  writeFileSync(folder.at("tide_table_test.py"), "def test_other():\n    assert True\n");

  await expect(files.tests()).rejects.toThrow(`Cannot use "${folder.path}": it has changed since the run began`);
  await expect(files.workspace()).resolves.not.toEqual([]);
});

test("a test file that is listed many times is not read more often than one part of a task may hold", () => {
  using temp = new TempFolder();
  cpSync(join(practice("python"), "tide-table"), temp.path, { recursive: true });
  const tests = Array.from({ length: 100 }, () => "big_test.py");
  const config = JSON.stringify({ files: { solution: ["tide_table.py"], test: tests, example: [".meta/example.py"] } });
  temp.write({ ".meta/config.json": config, "big_test.py": "" });
  truncateSync(temp.at("big_test.py"), 10 * 1024 * 1024);

  expect(() => only(temp.path)).toThrow(/its files hold more than 64 MB together/);
});

test.for(["exercises/practice", "exercises/practice/tide-table", "exercises/practice/tide-table/.meta"])(
  "a checkout whose %s is a link is not read through it",
  (linked) => {
    using temp = new TempFolder();
    const real = temp.at("private");
    cpSync(join(checkout, "python", linked), real, { recursive: true });
    if (linked !== "exercises/practice") cpSync(join(checkout, "python"), temp.at("track"), { recursive: true });
    rmSync(join(temp.at("track"), linked), { recursive: true, force: true });
    mkdirSync(dirname(join(temp.at("track"), linked)), { recursive: true });
    symlinkSync(real, join(temp.at("track"), linked));
    expect(readdirSync(join(temp.at("track"), linked))).toEqual(readdirSync(real));

    expect(() => loadExercism(temp.at("track"))).toThrow(UserError);
    expect(() => loadExercism(temp.at("track"))).toThrow(/is a link|holds no Exercism exercise/);
  },
);

test("an exercise may be named by a relative path", () => {
  const path = relative(process.cwd(), join(practice("python"), "tide-table"));

  expect(loadExercism(path).tasks.map(({ id }) => id)).toEqual(["tide-table"]);
});
