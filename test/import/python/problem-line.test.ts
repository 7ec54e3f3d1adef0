import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import type { Suite } from "../../../src/core/suite.ts";
import type { Task } from "../../../src/core/task.ts";
import { loadHumanEval } from "../../../src/import/python/human-eval.ts";
import { loadMbpp } from "../../../src/import/python/mbpp.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";
import { gradeTexts, learn } from "../../grade/small-task.ts";

function load(loader: (path: string) => Suite, lines: readonly unknown[]): Suite {
  using temp = new TempFolder();
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  return loader(join(temp.write({ "problems.jsonl": text }), "problems.jsonl"));
}

const first = (suite: Suite): Task => suite.tasks[0] as Task;

const decode = {
  task_id: "HumanEval/901",
  prompt:
    'import math\n\n\ndef encode(text: str) -> str:\n    """Turns text round."""\n    return text[::-1]\n\n\ndef decode(text: str) -> str:\n    """Undoes encode.\n    >>> decode("ba")\n    \'ab\'\n    """\n',
  entry_point: "decode",
  canonical_solution: "    return text[::-1]\n",
  test: "\n\ndef check(candidate):\n    for word in ['', 'ab', 'xyz']:\n        assert candidate(encode(word)) == word\n    assert math.floor(len(candidate('abc'))) == 3\n",
};

const twice = {
  task_id: 902,
  text: "Write a function to test duplicates.",
  code: "import sys\r\ndef test_twice(values):\r\n  return len(values) != len(set(values))",
  test_setup_code: "",
  test_list: ["assert test_twice([1, 1]) == True", "assert test_twice([1]) == (sys.maxsize < 0)"],
  challenge_test_list: [],
};

describe("a HumanEval line", () => {
  const task = first(load(loadHumanEval, [decode, ""]));

  test("becomes a file to complete and a hidden test", async () => {
    const [stub] = await task.files.workspace();

    expect(task).toMatchObject({ id: "humaneval-901", suite: "humaneval", title: "decode" });
    expect(task.prompt).toContain("`decode` in `solution.py`");
    expect(new TextDecoder().decode(stub?.bytes)).toBe(decode.prompt);
    expect(await learn(task)).toEqual(["human_eval_test.py::test_decode"]);
  });

  test.for([
    { title: "the reference passes", code: decode.prompt + decode.canonical_solution, passed: true },
    { title: "the untouched prompt fails", code: decode.prompt, passed: false },
    {
      title: "a helper of the prompt cannot be replaced",
      code: "def encode(text): return text\ndef decode(text): return text\n",
      passed: false,
    },
    {
      title: "the check and built-in functions cannot be replaced",
      code: "def check(candidate): pass\ndef len(x): return 3\ndef decode(text): return ''\n",
      passed: false,
    },
  ])("is graded: $title", async ({ code, passed }) => {
    expect((await gradeTexts(task, { "solution.py": code }, task.tests.required ?? [])).passed).toBe(passed);
  });

  test("has a digest that changes with every part of it", () => {
    const changes = [
      { prompt: `${decode.prompt}\n` },
      { test: `${decode.test}\n` },
      { canonical_solution: "    return ''\n" },
      { entry_point: "encode" },
    ];
    const digests = [{}, ...changes].map((change) => load(loadHumanEval, [{ ...decode, ...change }]).digest);

    expect(new Set(digests).size).toBe(5);
    expect(load(loadHumanEval, [decode]).digest).toBe(digests[0]);
  });
});

describe("an MBPP line", () => {
  const task = first(load(loadMbpp, [twice]));

  test("shows its text and one assertion, and hides the others", () => {
    expect(task).toMatchObject({ id: "mbpp-902", title: "test_twice" });
    expect(task.prompt).toContain("assert test_twice([1, 1]) == True");
    expect(task.prompt).not.toContain("sys.maxsize");
  });

  test("is graded by each assertion, also when the function is named like a test", async () => {
    const [stub] = await task.files.workspace();
    const required = await learn(task);

    expect(required).toEqual(["mbpp_test.py::test_1", "mbpp_test.py::test_2"]);
    expect((await gradeTexts(task, { "solution.py": twice.code }, required)).passed).toBe(true);
    expect((await gradeTexts(task, { "solution.py": "def test_twice(values): return True\n" }, required)).testsPassed).toBe(1);
    expect(new TextDecoder().decode(stub?.bytes)).toContain(twice.text);
  });
});

describe("a bad line is a user's mistake that names file and line", () => {
  test.for([
    { title: "no JSON", loader: loadHumanEval, lines: [decode, "{"], message: /problems\.jsonl": line 2 is not JSON/ },
    { title: "no object", loader: loadHumanEval, lines: ["", "7"], message: /line 2 is not an object/ },
    { title: "no prompt", loader: loadHumanEval, lines: [{ ...decode, prompt: undefined }], message: /line 1 has no text "prompt"/ },
    {
      title: "an invalid entry point",
      loader: loadHumanEval,
      lines: [{ ...decode, entry_point: "a b" }],
      message: /line 1 has entry_point "a b"/,
    },
    {
      title: "the same id twice",
      loader: loadHumanEval,
      lines: [decode, decode],
      message: /it has two tasks with the id "humaneval-901"/,
    },
    { title: "no content", loader: loadHumanEval, lines: ["", " "], message: /the file is empty/ },
    { title: "no code", loader: loadMbpp, lines: [{ ...twice, code: 1 }], message: /line 1 has no text "code"/ },
    { title: "no assertions", loader: loadMbpp, lines: [twice, { ...twice, test_list: [] }], message: /line 2 has no "test_list"/ },
    {
      title: "assertions about something else",
      loader: loadMbpp,
      lines: [{ ...twice, test_list: ["assert 1"] }],
      message: /line 1 tests nothing/,
    },
    { title: "no number", loader: loadMbpp, lines: [{ ...twice, task_id: null }], message: /line 1 has no "task_id"/ },
  ])("with $title", ({ loader, lines, message }) => {
    expect(() => load(loader, lines)).toThrow(UserError);
    expect(() => load(loader, lines)).toThrow(message);
  });

  test("or a file that is not there", () => {
    expect(() => loadHumanEval("/nowhere/x.jsonl")).toThrow(/Cannot read "\/nowhere\/x\.jsonl": there is no such file/);
  });
});

describe("an MBPP file that grows when its tests are written", () => {
  const growing = (setupLength: number, tests: number, id = 1) => ({
    ...twice,
    task_id: id,
    test_setup_code: `#${"a".repeat(setupLength)}`,
    test_list: Array.from({ length: tests }, () => "assert test_twice([1])"),
  });
  const refusal = (lines: readonly unknown[]): string => {
    try {
      load(loadMbpp, lines);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      return (error as Error).message;
    }
    return "loaded";
  };

  test("is loaded as far as it is bounded, and is many times as long then", async () => {
    const line = growing(10_000, 200);
    const [file] = await first(load(loadMbpp, [line])).files.tests();

    expect(file?.bytes.length).toBeGreaterThan(100 * JSON.stringify(line).length);
  });

  test.for([
    { title: "by a long setup", line: growing(200_000, 200) },
    { title: "by many tests", line: growing(10, 400_000) },
    { title: "by the indentation of empty lines", line: { ...growing(0, 200), test_setup_code: "\n".repeat(50_000) } },
  ])("is refused in one line $title", ({ line }) => {
    expect(refusal([line])).toMatch(/Cannot import ".*": the \d+ tests of line 1 have more than 16 MB with the setup of each; shorten/);
  });

  test("is refused when all its problems together are too large", () => {
    const lines = Array.from({ length: 12 }, (_, index) => growing(100_000, 140, index));

    expect(refusal(lines)).toMatch(/Cannot import ".*": up to line \d+ its problems hold more than 128 MB; split the file/);
  });

  test("is refused for a reference that is longer than a text may be", () => {
    expect(refusal([{ ...twice, code: `${twice.code}\n#${"a".repeat(1024 * 1024)}` }])).toMatch(/"code" of more than 1 MB/);
  });
});
