import { describe, expect, test } from "vitest";
import { loadSuite } from "../../src/config/suite.ts";
import { UserError } from "../../src/core/errors.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

const TASK = {
  "repair/prompt.md": "Repair it.\n",
  "repair/tests/test.sh": "echo 1 > /logs/verifier/reward.txt\n",
  "repair/tests/helper.sh": "true\n",
  "repair/solution/solve.sh": "true\n",
};

function load(yaml: string, more: Readonly<Record<string, string>> = {}) {
  using folder = new TempFolder();
  folder.write({ "suite.yaml": "name: machines\n", ...TASK, ...more, "repair/task.yaml": yaml });
  return loadSuite(folder.path).tasks[0];
}

test("a task says that the state of its machine is graded, and how the machine is", async () => {
  const task = load(
    "title: Repair\ngrading: state\nmachine: {user: 0, workdir: /srv, storage_mb: 50, env: {A: b}}\ntests: {runner: exit-status, timeout_seconds: 9}\n",
  );

  expect(task?.machine).toEqual({ user: "0", workdir: "/srv", storageMb: 50, env: { A: "b" }, healthcheck: null });
  expect(task?.state).toMatchObject({ result: "reward", passAt: 1, tests: { path: "test.sh" }, solution: { path: "solve.sh" } });
  expect(task?.tests).toMatchObject({ files: ["test.sh"], isolation: "none", timeoutSeconds: 9 });
  expect(await task?.files.reference()).toBeNull();
});

test("a task without it has neither machine nor state, and its digest is what it was", () => {
  using folder = new TempFolder();
  folder.write(tinySuite("add"));
  const [task] = loadSuite(folder.path).tasks;

  expect(task && "machine" in task).toBe(false);
  expect(task && "state" in task).toBe(false);
});

describe("what does not go together is one line", () => {
  test.each([
    [
      "title: R\ngrading: state\ndeliver: ['**']\ntests: {runner: exit-status}\n",
      "line 3: deliver: with grading: state no files are submitted; remove it",
    ],
    ["title: R\ntests: {runner: exit-status}\n", "deliver: it is missing; expected a list of globs, such as src/**"],
    [
      "title: R\ndeliver: ['**']\nmachine: {user: root}\ntests: {runner: exit-status}\n",
      "line 3: machine: only a task with grading: state has one",
    ],
    ["title: R\ngrading: state\ntests: {runner: pytest, files: [helper.sh]}\n", 'tests.runner is "pytest"; write exit-status'],
    ["title: R\ngrading: state\nmachine: {workdir: srv}\ntests: {runner: exit-status}\n", "expected an absolute path, such as /app"],
  ])("%j", (yaml, message) => {
    try {
      load(yaml);
      throw new Error("it was loaded");
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as Error).message).toContain(message);
    }
  });
});
