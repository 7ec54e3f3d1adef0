import { expect, test } from "vitest";
import { pytest } from "../../../src/grade/runner/pytest.ts";
import type { RunnerInput } from "../../../src/grade/runner/test-runner.ts";

const INPUT: RunnerInput = {
  tests: {
    runner: "pytest",
    files: ["test_own.py"],
    required: null,
    timeoutSeconds: 1,
    placement: "outside",
    jestGlobals: false,
    runSkipped: false,
    isolation: "none",
    pythonPath: ["lib"],
    command: null,
    report: null,
  },
  testFiles: [],
  pristine: [],
  laid: [{ path: "json.py", bytes: new Uint8Array(), executable: false }],
  testsRoot: "/tmp/tests",
  ownPaths: ["queue.py", "pkg/x.py", "a-b.txt", "données.py", "src/iniconfig/__init__.py", "lib/deep/one.py"],
  shapes: null,
  canaries: [],
};

test("module names of the workspace and the reference are the task's own in every folder of the Python path, and none that were submitted are", () => {
  const [step] = pytest.plan(INPUT).steps;

  expect(step?.judge).toMatchObject({ own: ["queue", "pkg", "données", "src", "lib", "deep", "iniconfig"] });
});
