import { describe, test } from "vitest";
import { honestTotal, pythonRequired, pythonTask } from "./python-task.ts";
import { gradeTexts, learn, smallTask, type Texts } from "./small-task.ts";

const oddities: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "is plain", files: { "total.py": honestTotal } },
  { title: "prints five megabytes", files: { "total.py": `print("x" * 5_000_000)\n${honestTotal}` } },
  { title: "brings a conftest.py that breaks everything", files: { "total.py": honestTotal, "conftest.py": "raise SystemExit(3)" } },
  {
    title: "brings a pytest.ini that selects nothing",
    files: { "total.py": honestTotal, "pytest.ini": "[pytest]\naddopts = -k nothing\n" },
  },
  { title: "brings a package.json", files: { "total.py": honestTotal, "package.json": "{" } },
  {
    title: "is spread over a package with names beyond ASCII",
    files: {
      "total.py": "from größe.überall import total\n",
      "größe/__init__.py": "",
      "größe/überall.py": honestTotal,
      "заметки.txt": "no code",
    },
  },
  {
    title: "leaves a thread that never ends",
    files: { "total.py": `import threading, time\nthreading.Thread(target=time.sleep, args=(10**6,)).start()\n${honestTotal}` },
  },
  {
    title: "leaves a child in a session of its own",
    files: { "total.py": `import subprocess\nsubprocess.Popen(["sleep", "100000"], start_new_session=True)\n${honestTotal}` },
  },
  {
    title: "guards its main part and registers an exit handler",
    files: {
      "total.py": `import atexit, sys\natexit.register(print, "bye")\n${honestTotal}\nif __name__ == "__main__":\n    sys.exit(total([1]))\n`,
    },
  },
  {
    title: "gives numbers of a class of its own that compares by value",
    files: {
      "total.py": `class Amount(int):\n    def __eq__(self, other):\n        return int(self) == other\n    __hash__ = int.__hash__\n${honestTotal}\nplain = total\ndef total(values):\n    return Amount(plain(values))\n`,
    },
  },
  { title: "changes the folder it works in", files: { "total.py": `import os\nos.chdir("/tmp")\n${honestTotal}` } },
  { title: "has a helper named like a module of the standard library", files: { "total.py": honestTotal, "json.py": "broken(" } },
  { title: "closes standard output", files: { "total.py": `import sys\nsys.stdout.close()\n${honestTotal}` } },
];

const isolatedTask = { ...pythonTask, tests: { ...pythonTask.tests, isolation: "process" as const } };
// Closed in the process of the tests, it is gone for pytest too, which ends with an error of its own.
const sharing = oddities.filter(({ title }) => title !== "closes standard output");

describe("an honest Python solution", () => {
  test.for(oddities)("passes in a process of its own when it $title", { timeout: 60_000 }, async ({ files }, { expect }) => {
    const verdict = await gradeTexts(isolatedTask, files, pythonRequired);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 7, testsTotal: 7, tampering: [] });
    expect(verdict.tests.map((test) => test.name).sort()).toEqual([...pythonRequired].sort());
  });

  test.for(sharing)("passes beside the tests when it $title", { timeout: 60_000 }, async ({ files }, { expect }) => {
    const verdict = await gradeTexts(pythonTask, files, pythonRequired);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 7, testsTotal: 7, tampering: [] });
  });
});

describe.concurrent("a wrong Python solution", () => {
  test("fails with the name and message of each test that failed", async ({ expect }) => {
    const verdict = await gradeTexts(
      pythonTask,
      { "total.py": "def total(values):\n    return sum(values)\n" + "total = lambda values: 6\n" },
      pythonRequired,
    );

    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", testsPassed: 1, testsTotal: 7, tampering: [] });
    expect(verdict.tests.find((test) => test.name.endsWith("test_scales[10]"))).toMatchObject({
      status: "failed",
      message: expect.stringContaining("assert 6 == (2 * 10)"),
    });
  });

  test("leaves what it printed before a failure in the log, bounded", async ({ expect }) => {
    const text = "def total(values):\n    print('hello ' * 100_000)\n    return 0\n";

    const verdict = await gradeTexts(isolatedTask, { "total.py": text }, pythonRequired);

    expect(verdict.log).toContain("hello");
    expect(verdict.log.length).toBeLessThan(200_000);
  });

  test("that cannot be imported fails every test and says why", async ({ expect }) => {
    const verdict = await gradeTexts(pythonTask, { "total.py": "def total(:\n" }, pythonRequired);

    expect(verdict).toMatchObject({ passed: false, reason: "tests-failed", testsPassed: 0, tampering: [] });
    expect(verdict.tests.filter((test) => test.status === "missing")).toHaveLength(7);
    expect(verdict.tests.find((test) => test.status === "failed")?.message).toContain("SyntaxError");
  });

  test("fails untouched", async ({ expect }) => {
    expect(await gradeTexts(pythonTask, {}, pythonRequired)).toMatchObject({ passed: false, reason: "tests-failed", tampering: [] });
  });
});

describe.concurrent("tests in Python", () => {
  test("may expect anything at all in a place", async ({ expect }) => {
    const task = smallTask({
      workspace: { "stamp.py": "" },
      tests: {
        "stamp_test.py":
          "from unittest import TestCase, mock\nfrom unittest.mock import ANY\nfrom stamp import stamp\n\nclass StampTest(TestCase):\n    def test_stamp(self):\n        self.assertEqual(stamp(), {'at': mock.ANY})\n        assert stamp() == {'at': ANY}\n",
      },
      plan: { runner: "pytest", files: ["stamp_test.py"] },
    });
    const solution = { "stamp.py": "import time\nclass Moment:\n    pass\ndef stamp():\n    return {'at': Moment()}\n" };

    expect(await gradeTexts(task, solution, ["stamp_test.py::StampTest::test_stamp"])).toMatchObject({ passed: true, tampering: [] });
  });

  test("can be for a module that shares its name with the standard library, when the task owns that name", async ({ expect }) => {
    const task = smallTask({
      workspace: { "queue.py": "" },
      tests: { "queue_test.py": "from queue import Line\n\ndef test_line():\n    assert Line().size == 0\n" },
      plan: { runner: "pytest", files: ["queue_test.py"] },
    });

    const verdict = await gradeTexts(task, { "queue.py": "class Line:\n    size = 0\n" }, ["queue_test.py::test_line"]);

    expect(verdict).toMatchObject({ passed: true, tampering: [] });
  });

  test("can lie in the workspace, in folders, and share a helper and a data file", async ({ expect }) => {
    const task = smallTask({
      workspace: { "shout.py": "" },
      reference: { "shout.py": "def shout(text):\n    return text.upper()\n" },
      tests: {
        "checks/test_shout.py":
          "import os\nfrom checks_help import read\nfrom shout import shout\n\ndef test_shout():\n    assert shout(read('word.txt')) == 'HI'\n",
        "checks_help.py": "import pathlib\ndef read(name):\n    return (pathlib.Path(__file__).parent / 'data' / name).read_text()\n",
        "data/word.txt": "hi",
      },
      plan: { runner: "pytest", files: ["checks/test_shout.py"], placement: "workspace" },
    });

    expect(await learn(task)).toEqual(["checks/test_shout.py::test_shout"]);
  });
});
