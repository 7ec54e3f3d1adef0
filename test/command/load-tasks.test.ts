import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { loadTasks } from "../../src/command/load-tasks.ts";
import { runCli } from "../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

async function chosen(...patterns: readonly string[]): Promise<readonly string[]> {
  using folder = new TempFolder();
  const { suite } = await loadTasks([folder.write(tinySuite("add", "add-more", "sub"))], patterns);
  return suite.tasks.map((task) => task.id);
}

test("tasks are selected by name or `*`, and a leading ! excludes", async () => {
  expect(await chosen()).toEqual(["add", "add-more", "sub"]);
  expect(await chosen("add*")).toEqual(["add", "add-more"]);
  expect(await chosen("add*", "!add")).toEqual(["add-more"]);
  expect(await chosen("!sub")).toEqual(["add", "add-more"]);
});

test("a pattern that matches nothing and a selection without tasks are refused", async () => {
  await expect(chosen("!mul")).rejects.toThrow('Cannot select task "!mul": none of the 3 tasks matches');
  await expect(chosen("!*")).rejects.toThrow("--task excludes all 3");
});

const EXERCISM = join(import.meta.dirname, "../fixtures/exercism");

test("suites of other formats load in place", async () => {
  const { suite, notices } = await loadTasks([`exercism:${EXERCISM}/python/exercises/practice`], []);

  expect(suite.tasks.length).toBeGreaterThan(0);
  expect(suite.tasks.every((task) => task.tests.runner === "pytest")).toBe(true);
  expect(notices).toEqual([]);
});

test("what a source left out is counted by kind, with the reason", async () => {
  using folder = new TempFolder();
  folder.write({ ...tinySuite("add", "sub"), "suite.yaml": "name: tiny\ntasks: [add]\n" });

  const { suite, notices } = await loadTasks([folder.path, `exercism:${EXERCISM}`], []);

  expect(suite.tasks.map(({ id }) => id)).toEqual(["add", "javascript-knot-counter", "python-tide-table"]);
  expect(notices).toEqual([
    "1 of 2 tasks left out: 1 sub (not listed in suite.yaml)",
    "1 of 3 exercises left out: 1 Ruby (no test runner here)",
  ]);
});

test.for(["run", "plan", "check"])("%s prints what a source left out", async (command) => {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "models:\n  - {name: oracle, api: scripted, model: oracle}\n" });

  const args = [command, "--suite", `exercism:${EXERCISM}`];
  const end = await runCli(args, { cwd: folder.path, env: { DOCKER_HOST: "unix:///nowhere.sock" } });

  expect(end.stderr).toContain("1 of 3 exercises left out: 1 Ruby (no test runner here)\n");
});

test.for(["swe:x.json", ":x.json"])("%s is refused with the formats of the table", async (name) => {
  await expect(loadTasks([name], [])).rejects.toThrow(
    /^Cannot load suite ".*": ".*" is not a known format; expected a suite in tasks\/, a folder, exercism:PATH, harbor:PATH, humaneval:FILE, mbpp:FILE, swebench:FILE or terminal-bench:PATH$/,
  );
});

test("a format that is mistyped is asked about", async () => {
  await expect(loadTasks(["harbour:x"], [])).rejects.toThrow('"harbour" is not a known format (did you mean "harbor"?); expected a suite');
});

test("a --base that no task starts from is told once, and one that is used is not", async () => {
  using folder = new TempFolder();
  const task = { "task.toml": "", "instruction.md": "Do it.", "environment/Dockerfile": "FROM ubuntu:24.04\n", "tests/test.sh": "echo\n" };
  for (const name of ["one", "two"])
    folder.write(Object.fromEntries(Object.entries(task).map(([path, text]) => [`${name}/${path}`, text])));
  const suites = ["one", "two"].map((name) => `harbor:${folder.at(name)}`);
  const { notices } = await loadTasks(suites, [], { base: ["ubuntu:24.04=own:1", "ubuntu:24.4=own:1"] });

  expect(notices.filter((line) => line.includes("is not used"))).toEqual([
    "--base ubuntu:24.4=... is not used: no task that is loaded starts from ubuntu:24.4",
  ]);
});

// Every start pays for what is imported statically.
function importedAtStart(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(path, "utf8");
  for (const [, specifier = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)) {
    if (specifier.startsWith(".")) importedAtStart(join(dirname(path), specifier), seen);
    else seen.add(specifier);
  }
  return seen;
}

test("a start loads the table of formats and neither importers nor schemas", () => {
  const src = join(import.meta.dirname, "../../src");
  const loaded = [...importedAtStart(join(src, "command/program.ts"))];

  expect(loaded.filter((path) => path.startsWith(join(src, "import")))).toEqual([join(src, "import/imported-sources.ts")]);
  expect(loaded).toContain(join(src, "config/native-source.ts"));
  expect(loaded).not.toContain("zod");
  expect(loaded).not.toContain("yaml");
});
