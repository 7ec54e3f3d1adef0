import { cpSync, mkdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXAMPLE_LANGUAGES } from "../../src/command/init/example-language.ts";
import { type CliEnd, runCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const folder = new TempFolder();
let end: CliEnd;

beforeAll(async () => {
  folder.write({ "suite/suite.yaml": "name: examples\n" });
  for (const language of EXAMPLE_LANGUAGES) {
    mkdirSync(folder.at(`suite/${language}`), { recursive: true });
    await runCli(["init", language, "--language", language], { cwd: folder.path });
    cpSync(folder.at(`${language}/tasks/my-suite/slugify`), folder.at(`suite/${language}`), { recursive: true });
  }
  end = await runCli(["check", "suite", "--repeats", "1", "--json"], { cwd: folder.path });
}, 900_000);

afterAll(() => folder[Symbol.dispose]());

test("the first task in each language is sound, and its wrong solutions are found", () => {
  const checks = JSON.parse(end.stdout) as readonly {
    readonly taskId: string;
    readonly problems: readonly string[];
    readonly wrong: readonly object[];
  }[];

  expect(end.code).toBe(0);
  expect(checks.map(({ taskId }) => taskId)).toEqual([...EXAMPLE_LANGUAGES].sort());
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  for (const { wrong } of checks) expect(wrong.length).toBeGreaterThan(0);
});
