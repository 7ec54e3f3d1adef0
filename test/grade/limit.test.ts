import { describe, test } from "vitest";
import { jestRequired, jestTask } from "./node-task.ts";
import { honestTotal, pythonRequired, pythonTask } from "./python-task.ts";
import { gradeTexts, smallTask } from "./small-task.ts";

const quick = <T extends { readonly tests: object }>(task: T, timeoutSeconds: number): T => ({
  ...task,
  tests: { ...task.tests, timeoutSeconds },
});

describe.concurrent("a solution that uses up its sandbox is a failed verdict, never an error", () => {
  test("for a loop without end in Python", async ({ expect }) => {
    const verdict = await gradeTexts(quick(pythonTask, 3), { "total.py": "def total(values):\n    while True: pass\n" }, pythonRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "test-timeout", testsPassed: 0, testsTotal: 7, tampering: [] });
  });

  test("for a loop without end in JavaScript, at import", async ({ expect }) => {
    const verdict = await gradeTexts(quick(jestTask, 3), { "total.js": "for (;;) {}\nexport const total = 0;\n" }, jestRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "test-timeout", tampering: [] });
  });

  test("for a loop that keeps the results before it", async ({ expect }) => {
    const looping = `${honestTotal}\nhonest = total\ndef total(values):\n    while len(list(values)) == 20: pass\n    return honest(values)\n`;
    const verdict = await gradeTexts(quick(pythonTask, 10), { "total.py": looping }, pythonRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "test-timeout" });
    expect(verdict.testsPassed).toBeGreaterThanOrEqual(4);
  });

  test.for([
    { title: "one process", code: "blocks = []\ndef total(values):\n    while True: blocks.append(bytearray(10_000_000))\n" },
    {
      title: "the temporary folder",
      code: "def total(values):\n    with open('/tmp/x', 'wb') as file:\n        while True: file.write(bytes(1_000_000))\n",
    },
  ])("for memory taken by $title", async ({ code }, { expect }) => {
    const task = { ...pythonTask, sandbox: { ...pythonTask.sandbox, memoryMb: 128 } };
    const verdict = await gradeTexts(task, { "total.py": code }, pythonRequired);

    expect(verdict.passed).toBe(false);
    expect(["out-of-memory", "tests-failed", "no-report"]).toContain(verdict.reason);
  });

  test("for memory, called by its name", async ({ expect }) => {
    const task = { ...pythonTask, sandbox: { ...pythonTask.sandbox, memoryMb: 128 } };
    const verdict = await gradeTexts(
      task,
      { "total.py": "blocks = []\nwhile True: blocks.append(bytearray(10_000_000))\n" },
      pythonRequired,
    );

    expect(verdict.reason).toBe("out-of-memory");
  });

  test("for two gigabytes of output", async ({ expect }) => {
    const loud = `import os\nline = b"x" * 1_000_000\nfor _ in range(2_000): os.write(1, line)\n`;
    const verdict = await gradeTexts(quick(pythonTask, 30), { "total.py": `${loud}def total(values): return 0\n` }, pythonRequired);

    expect(verdict.passed).toBe(false);
    expect(verdict.log.length).toBeLessThan(200_000);
  });

  test("for processes that multiply", async ({ expect }) => {
    const bomb = "import os\ndef total(values):\n    while True:\n        try: os.fork()\n        except OSError: pass\n";
    const verdict = await gradeTexts(quick(pythonTask, 3), { "total.py": bomb }, pythonRequired);

    expect(verdict.passed).toBe(false);
  });

  test("for a full disk", async ({ expect }) => {
    const full =
      "import os\ndef fill(path):\n    with open(path, 'wb') as file:\n        while True: file.write(bytes(100_000))\nfor path in ('/workspace/x', '/tmp/x'):\n    try: fill(path)\n    except OSError: pass\ndef total(values): return 0\n";

    expect((await gradeTexts(pythonTask, { "total.py": full }, pythonRequired)).passed).toBe(false);
  });
});

describe.concurrent("an empty submission", () => {
  test("is graded like any other when the task itself has files to grade", async ({ expect }) => {
    expect(await gradeTexts(pythonTask, {}, pythonRequired)).toMatchObject({ passed: false, reason: "tests-failed" });
  });

  test("has its own reason when there is nothing at all to grade", async ({ expect }) => {
    const task = smallTask({
      workspace: {},
      tests: { "test_a.py": "def test_a(): pass\n" },
      plan: { runner: "pytest", files: ["test_a.py"] },
    });

    expect(await gradeTexts(task, {}, ["test_a.py::test_a"])).toMatchObject({
      passed: false,
      reason: "nothing-delivered",
      testsPassed: 0,
      testsTotal: 1,
      tests: [{ name: "test_a.py::test_a", status: "missing" }],
    });
  });
});
