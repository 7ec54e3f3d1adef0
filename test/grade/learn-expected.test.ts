import { describe, expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { grade } from "../../src/grade/grade.ts";
import { folderSandboxProvider } from "../fixtures/folder-sandbox.ts";
import { honestTotal, pythonRequired, pythonTask } from "./python-task.ts";
import { learn, smallTask, sources } from "./small-task.ts";

describe("the tests that decide", () => {
  test("are learned from the reference solution", async () => {
    const task = { ...pythonTask, files: { ...pythonTask.files, reference: async () => sources({ "total.py": honestTotal }) } };

    expect([...(await learn(task))].sort()).toEqual([...pythonRequired].sort());
  });

  test("are those that the task lists, without any run", async () => {
    expect(await learn({ ...pythonTask, image: "no-such-image", tests: { ...pythonTask.tests, required: ["x"] } })).toEqual(["x"]);
  });

  test("leave out tests that the reference solution skips", async () => {
    const task = smallTask({
      workspace: { "a.py": "" },
      reference: { "a.py": "A = 1\n" },
      tests: {
        "test_a.py": "import pytest\ndef test_a():\n    from a import A\n    assert A == 1\n@pytest.mark.skip\ndef test_b(): pass\n",
      },
      plan: { runner: "pytest", files: ["test_a.py"] },
    });

    expect(await learn(task)).toEqual(["test_a.py::test_a"]);
  });

  test.for([
    { title: "without a reference solution", reference: null, message: /task "small".*no reference solution.*tests\.required/ },
    {
      title: "whose reference fails",
      reference: { "total.py": "def total(values): return 6\n" },
      message: /test_total\.py.*does not pass, "test_total\.py::.*correct the reference/,
    },
    { title: "whose reference cannot be imported", reference: { "total.py": "import nothing_such\n" }, message: /nothing_such/ },
    { title: "whose reference leaves the run", reference: { "total.py": "import os\nos._exit(0)\n" }, message: /does not pass, tampered/ },
  ])("are the user's mistake in a task $title", async ({ reference, message }) => {
    const task = { ...pythonTask, files: { ...pythonTask.files, reference: async () => (reference === null ? null : sources(reference)) } };

    await expect(learn(task)).rejects.toThrow(UserError);
    await expect(learn(task)).rejects.toThrow(message);
  });
});

describe("a task that cannot be graded is the user's mistake", () => {
  const openSandbox = () => Promise.reject(new Error("no container is opened for it"));
  const request = {
    submitted: [],
    expected: { required: ["a"], shapes: null },
    sandboxes: folderSandboxProvider(openSandbox),
    signal: new AbortController().signal,
  };

  test.for([
    { title: "names a test file it does not have", files: ["test_b.py"], message: /there is no test file "test_b.py"/ },
    { title: "names no test file", files: [], message: /names no test file/ },
  ])("when it $title", async ({ files, message }) => {
    const task = smallTask({ workspace: { "a.py": "" }, tests: { "test_a.py": "" }, plan: { runner: "pytest", files } });

    await expect(grade({ ...request, task })).rejects.toThrow(UserError);
    await expect(grade({ ...request, task })).rejects.toThrow(message);
  });
});
