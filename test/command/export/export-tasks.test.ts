import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { harborForm } from "../../../src/command/export/harbor-form.ts";
import { startExport } from "../../../src/command/export/start-export.ts";
import { testScript } from "../../../src/command/export/test-script.ts";
import type { Task } from "../../../src/core/task.ts";
import { loadHarbor } from "../../../src/import/harbor/harbor.ts";
import { ANSWER_TASK } from "../../fixtures/machine-task.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const said: string[] = [];
const terminal = { print: (text: string) => void said.push(text), notify: (text: string) => void said.push(text) } as never;

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test("a suite of this program becomes tasks that the importer of Harbor's format reads", async () => {
  using folder = new TempFolder();
  folder.write(Object.fromEntries(Object.entries(tinySuite("add", "sub")).map(([path, text]) => [`tiny/${path}`, text])));

  expect(await startExport([folder.at("tiny")], { out: folder.at("out") }, terminal)).toBe(0);

  expect(filesOf(folder.at("out/add"))).toEqual([
    "environment/Dockerfile",
    "environment/workspace/add.py",
    "instruction.md",
    "solution/files/add.py",
    "solution/solve.sh",
    "task.toml",
    "tests/test.sh",
    "tests/test_add.py",
  ]);
  expect(readFileSync(folder.at("out/add/environment/Dockerfile"), "utf8")).toBe(
    "FROM python:3.12-slim\nRUN pip install --no-cache-dir pytest\nUSER root\nWORKDIR /workspace\nCOPY workspace/ /workspace/\n",
  );
  const { tasks, leftOut } = loadHarbor(folder.at("out"));
  expect(tasks.map(({ id, prompt, machine }) => [id, prompt.split("\n")[0], machine?.workdir])).toEqual([
    ["add", "Write `add(a, b)` in add.py. It returns the sum.", "/workspace"],
    ["sub", expect.any(String), "/workspace"],
  ]);
  expect(leftOut).toEqual([]);
});

test("nothing is overwritten, and nothing half-written stays", async () => {
  using folder = new TempFolder();
  folder.write(Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tiny/${path}`, text])));
  folder.write({ "out/add/mine.txt": "mine" });

  await expect(startExport([folder.at("tiny")], { out: folder.at("out") }, terminal)).rejects.toThrow(/it exists already/);
  expect(readdirSync(folder.at("out"))).toEqual(["add"]);
  expect(readdirSync(folder.at("out/add"))).toEqual(["mine.txt"]);
});

test("a task of Harbor's format comes back as the same task", async () => {
  using folder = new TempFolder();
  const { "task.toml": toml = "", ...files } = ANSWER_TASK;
  const built = {
    ...files,
    "task.toml": `${toml.replace(/docker_image.*\n/, "")}\n[environment.env]\nA = "1"\n[environment.healthcheck]\ncommand = "true"\n[solution.env]\nB = "2"\n`,
    "environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\n",
  };
  folder.write(Object.fromEntries(Object.entries(built).map(([path, text]) => [`in/answer/${path}`, text])));

  expect(await startExport([`harbor:${folder.at("in")}`], { out: folder.at("out") }, terminal)).toBe(0);

  const [before] = loadHarbor(folder.at("in")).tasks;
  const [after] = loadHarbor(folder.at("out")).tasks;
  expect(after?.digest).toBe(before?.digest);
  expect(after?.state).toEqual(before?.state);
  expect(await after?.files.solution?.()).toEqual(await before?.files.solution?.());
});

const PLAN: Task["tests"] = {
  runner: "pytest",
  files: ["test_a.py"],
  required: ["test_a.py::test_it[a b]"],
  timeoutSeconds: 60,
  placement: "outside",
  jestGlobals: false,
  runSkipped: false,
  isolation: "process",
  pythonPath: ["lib"],
  command: null,
  report: null,
};

test("required tests are chosen by name, and folders of the solution are found", () => {
  const script = testScript({ tests: PLAN } as Task);

  expect(script.kind === "script" && script.text).toContain(
    "PYTHONPATH=/workspace:/workspace/src:/workspace/lib python3 -m pytest -p no:cacheprovider -rA '/tests/test_a.py::test_it[a b]' || status=1",
  );
});

test("what only this program can run is left out with the reason", async () => {
  const task = { tests: { ...PLAN, runner: "junit" } } as Task;

  expect(await harborForm(task, { from: null })).toEqual({
    kind: "none",
    reason: "tests of the runner junit are put together by this program",
  });
});
