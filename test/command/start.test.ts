import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadModels } from "../../src/config/models.ts";
import { loadSuite } from "../../src/config/suite.ts";
import { runCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

test("init writes models and a first task that load, are sound, and are never overwritten", async () => {
  using folder = new TempFolder();

  const first = await runCli(["init", "mine"], { cwd: folder.path });
  const suite = loadSuite(folder.at("mine/tasks/my-suite"));

  expect(first.code).toBe(0);
  expect(first.stdout).toContain("wrote mine/models.yaml");
  expect(loadModels(folder.at("mine/models.yaml")).length).toBeGreaterThan(5);
  expect(suite.tasks.map((task) => task.id)).toEqual(["slugify"]);

  const checked = await runCli(["check", "--repeats", "1", "--json"], { cwd: folder.at("mine") });
  expect(JSON.parse(checked.stdout)).toMatchObject([{ taskId: "slugify", tests: 5, problem: null }]);

  folder.write({ "mine/models.yaml": "# my own\n" });
  const again = await runCli(["init", "mine"], { cwd: folder.path });
  expect(again.stdout).toContain("kept  mine/models.yaml (it already exists)");
  expect(readFileSync(folder.at("mine/models.yaml"), "utf8")).toBe("# my own\n");
});

test("doctor finds what a run needs", async () => {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "models:\n  - {name: a, api: scripted, model: oracle}\n  - {name: b, api: anthropic, model: m}\n" });

  const end = await runCli(["doctor", "--json"], { cwd: folder.path });
  const findings = JSON.parse(end.stdout) as { what: string; state: string; detail: string }[];
  const state = (what: string): string | undefined => findings.find((finding) => finding.what === what)?.state;

  expect(end.code).toBe(0);
  expect([state("node"), state("engine"), state("image"), state("model a"), state("model b"), state("database")]).toEqual([
    "good",
    "good",
    "good",
    "good",
    "fair",
    "good",
  ]);
  expect(existsSync(folder.at("results"))).toBe(false);
});

test("doctor says what is missing and ends with 1", async () => {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "models: 7\n" });

  const end = await runCli(["doctor", "--image", "none:1"], { cwd: folder.path, env: { DOCKER_HOST: "unix:///nowhere.sock" } });

  expect(end.code).toBe(1);
  expect(end.stdout).toMatch(/bad\s+engine\s+Cannot reach Docker/);
  expect(end.stdout).toMatch(/bad\s+models\s+Cannot read "models.yaml" line 1: models is 7; expected a list/);
});

test("a command that reads results prints one clear line when there are none", async () => {
  using folder = new TempFolder();

  for (const args of [["list"], ["report"], ["show", "1"]]) {
    const end = await runCli(args, { cwd: folder.path });
    expect(end).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Cannot open database "results/bench.db": there is no such file'),
    });
  }
});
