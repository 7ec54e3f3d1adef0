import { expect, test } from "vitest";
import { Project } from "./project.ts";

const ADD = { workspace: { "add.py": "def add(a, b):\n    return 0\n" }, solution: { "add.py": "def add(a, b):\n    return a + b\n" } };

test("pytest's own JUnit report gives the tests that pytest lists", async () => {
  const project = await Project.open({
    ...ADD,
    plan: "tests:\n  runner: command\n  placement: workspace\n  files: [test_add.py]\n  command: [python3, -m, pytest, -q, --junitxml=/tmp/r.xml, test_add.py]\n  report: {format: junit, path: /tmp/r.xml}",
    tests: {
      "test_add.py":
        'import pytest\nfrom add import add\n\n\n@pytest.mark.parametrize("a", [1, 2])\ndef test_sum(a):\n    assert add(a, 1) == a + 1\n\n\n@pytest.mark.skip(reason="later")\ndef test_later():\n    pass\n\n\nclass TestMore:\n    def test_ä(self):\n        assert add("x", "y") == "xy"\n',
    },
  });
  const required = await project.learn();

  expect(required).toEqual(["test_add > test_sum[1]", "test_add > test_sum[2]", "test_add.TestMore > test_ä"]);
  expect(await project.grade({}, required)).toMatchObject({ passed: true });
  expect(await project.grade({ "add.py": ADD.workspace["add.py"] }, required)).toMatchObject({ passed: false, reason: "tests-failed" });
  expect(await project.grade({ "add.py": "import os\n\nos._exit(0)\n" }, required)).toMatchObject({ passed: false });
});

test("Node's TAP on standard output gives tests with their subtests", async () => {
  const project = await Project.open({
    plan: 'tests:\n  runner: command\n  placement: workspace\n  files: [add.test.mjs]\n  command: [node, --test, --test-reporter=tap, add.test.mjs]\n  report: {format: tap, path: "-"}',
    workspace: { "add.mjs": "export const add = () => 0;\n" },
    tests: {
      "add.test.mjs":
        'import assert from "node:assert/strict";\nimport { describe, it, test } from "node:test";\nimport { add } from "./add.mjs";\n\ndescribe("add", () => {\n  it("adds, # and all", () => assert.equal(add(1, 2), 3));\n  it.skip("is skipped", () => {});\n});\ntest("top", () => assert.equal(add(2, 2), 4));\n',
    },
    solution: { "add.mjs": "export const add = (a, b) => a + b;\n" },
  });
  const required = await project.learn();

  expect(required).toEqual(expect.arrayContaining(["add > adds, # and all", "top"]));
  expect(await project.grade({ "add.mjs": "export const add = (a, b) => a * b;\n" }, required)).toMatchObject({ passed: false });
});
