import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import type { Suite } from "../../../src/core/suite.ts";
import type { Task } from "../../../src/core/task.ts";
import { loadHumanEval } from "../../../src/import/python/human-eval.ts";
import { loadMbpp } from "../../../src/import/python/mbpp.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";
import { gradeTexts } from "../../grade/small-task.ts";

type Loader = (path: string) => Suite;

function loadText(loader: Loader, text: string | Uint8Array): Suite {
  using temp = new TempFolder();
  writeFileSync(temp.at("problems"), text);
  return loader(join(temp.path, "problems"));
}

const load = (loader: Loader, ...objects: readonly unknown[]) => loadText(loader, objects.map((one) => JSON.stringify(one)).join("\n"));
const first = (suite: Suite): Task => suite.tasks[0] as Task;

const mean = {
  task_id: "HumanEval/903",
  prompt: 'def mean(values: list) -> float:\n    """Returns the mean."""\n',
  entry_point: "mean",
  canonical_solution: "    return sum(values) / len(values)\n",
  test: "def check(candidate):\n    assert candidate([1]) == 1\n",
  contract: "",
  base_input: [[[1.0, 2.0]], [[4.0]]],
  plus_input: [[[0.1, 0.2, 0.3]]],
  atol: 0,
};

const swap = {
  task_id: "Mbpp/903",
  prompt: '"""\nWrite a function to swap a pair.\nassert swap((1, 2)) == (2, 1)\n"""\n',
  entry_point: "swap",
  canonical_solution: "def swap(pair):\n    return pair[::-1]\n",
  contract: "",
  assertion: "assert swap((1, 2)) == (2, 1)\n",
  base_input: [[[1, 2]]],
  plus_input: [[[3, 4]]],
  atol: 0,
};

describe("a problem with inputs of EvalPlus", () => {
  const task = first(load(loadHumanEval, mean));

  test("has a suite of its own, and a test for each set of inputs", async () => {
    expect(task).toMatchObject({ id: "humaneval-903", suite: "humaneval-plus" });
    expect(task.tests.required).toEqual(["base", "plus"].map((set) => `human_eval_test.py::test_${set}`));
    expect((await task.files.tests()).map(({ path }) => path)).toEqual(["human_eval_test.py", "problem.json"]);
    expect(task.deliver.exclude).toEqual(["human_eval_test.py", "problem.json"]);
  });

  test.for([
    { title: "the reference passes", body: "sum(values) / len(values)", passed: ["base", "plus"] },
    {
      title: "another order of the same sum is close enough",
      body: "sum(value / len(values) for value in values)",
      passed: ["base", "plus"],
    },
    { title: "a number of another type passes where it is equal", body: "sum(values) // len(values) or 0.2", passed: ["plus"] },
    { title: "an answer that is too far away fails", body: "sum(values) / len(values) + (len(values) > 2) * 1e-4", passed: ["base"] },
    { title: "nothing fails", body: "None", passed: [] },
  ])("is graded: $title", async ({ body, passed }) => {
    const { tests } = await gradeTexts(task, { "solution.py": `def mean(values):\n    return ${body}\n` }, task.tests.required ?? []);

    expect(tests.filter(({ status }) => status === "passed").map(({ name }) => name.replace(/^.*_/, ""))).toEqual(passed);
  });

  test("keeps numbers that JavaScript does not have, as they are written", async () => {
    const line = JSON.stringify(mean).replace("[4.0]", "[4]").replace("[4]", "[123456789012345678901, -Infinity, NaN]");
    const [, data] = await first(loadText(loadHumanEval, line)).files.tests();

    expect(new TextDecoder().decode(data?.bytes)).toBe(line);
  });

  test("of MBPP gets its arguments as Python has them, by its number", async () => {
    const text = async (task_id: string) =>
      new TextDecoder().decode((await first(load(loadMbpp, { ...swap, task_id })).files.tests())[0]?.bytes);

    expect(await text("Mbpp/903")).toContain("given = written\n");
    expect(await text("Mbpp/2")).toContain("given = [tuple(each) for each in written]\n");
    expect(await text("Mbpp/580")).toContain("given = as_tuples(written)\n");
    expect(first(load(loadMbpp, swap))).toMatchObject({ id: "mbpp-903", suite: "mbpp-plus", title: "swap" });
  });

  test("has no test for a set without inputs", () => {
    expect(first(load(loadMbpp, { ...swap, plus_input: {} })).tests.required).toEqual(["mbpp_test.py::test_base"]);
  });

  test.for([
    { title: "no list", object: { ...mean, plus_input: "x" }, message: /line 1 has no list "plus_input"/ },
    { title: "no tolerance", object: { ...mean, atol: undefined }, message: /line 1 has no "atol"/ },
    { title: "no inputs at all", object: { ...mean, base_input: [], plus_input: {} }, message: /line 1 has no inputs/ },
    { title: "no number", object: { ...swap, task_id: "Mbpp/x" }, loader: loadMbpp, message: /line 1 has task_id "Mbpp\/x"/ },
    { title: "no name", object: { ...swap, entry_point: "a b" }, loader: loadMbpp, message: /line 1 has entry_point "a b"/ },
  ])("with $title is a user's mistake that names line and field", ({ object, loader = loadHumanEval, message }) => {
    expect(() => load(loader, object)).toThrow(UserError);
    expect(() => load(loader, object)).toThrow(message);
  });
});

const sanitized = {
  source_file: "x.ipynb",
  task_id: 904,
  prompt: "Write a function to find the square root.",
  code: "def root(value):\n    return value ** 0.5",
  test_imports: ["import math"],
  test_list: ["assert root(9) == 3", "assert math.isclose(root(2), math.sqrt(2))"],
};

describe("a problem of the sanitized part of MBPP", () => {
  test("has its imports before each assertion", async () => {
    const task = first(load(loadMbpp, sanitized));
    const { passed } = await gradeTexts(task, { "solution.py": sanitized.code }, task.tests.required ?? []);

    expect(task).toMatchObject({ id: "mbpp-904", suite: "mbpp-sanitized", title: "root" });
    expect(task.prompt).toContain(sanitized.prompt);
    expect(passed).toBe(true);
  });

  test("may have a further test, a program that judges while it runs", async () => {
    const program = "inputs = [4, 16]\nresults = [2, 4]\nfor given, wanted in zip(inputs, results):\n    assert root(given) == wanted\n";
    const task = first(load(loadMbpp, { ...sanitized, test: program }));
    const required = task.tests.required ?? [];

    expect(task.suite).toBe("mbpp-plus");
    expect(required).toEqual(["1", "2", "plus"].map((name) => `mbpp_test.py::test_${name}`));
    expect((await gradeTexts(task, { "solution.py": sanitized.code }, required)).passed).toBe(true);
    expect((await gradeTexts(task, { "solution.py": "def root(value): return {9: 3}.get(value, 2 ** 0.5)" }, required)).testsPassed).toBe(
      2,
    );
  });
});

describe("a file of problems", () => {
  test.for([
    { title: "one JSON list", bytes: () => JSON.stringify([sanitized, { ...sanitized, task_id: 905 }], null, 2) },
    {
      title: "compressed lines",
      bytes: () => gzipSync([sanitized, { ...sanitized, task_id: 905 }].map((one) => JSON.stringify(one)).join("\n")),
    },
  ])("can be $title, with the same digest", ({ bytes }) => {
    expect(loadText(loadMbpp, bytes()).digest).toBe(load(loadMbpp, sanitized, { ...sanitized, task_id: 905 }).digest);
  });

  test.for([
    { title: "an item at fault", text: JSON.stringify([sanitized, { ...sanitized, code: 1 }]), message: /item 2 has no text "code"/ },
    { title: "an item that is none", text: "[1]", message: /item 1 is not an object; expected a list of JSON objects/ },
    { title: "a list that does not end", text: `[\n${JSON.stringify(sanitized)}`, message: /its list is not JSON/ },
    { title: "inputs in a list", text: JSON.stringify([swap]), message: /item 1 has "base_input" in a list, where large numbers are lost/ },
    {
      title: "fields of HumanEval",
      text: JSON.stringify({ ...mean, base_input: undefined, plus_input: undefined }),
      message: /"entry_point", which is HumanEval's; write --suite humaneval:FILE/,
    },
  ])("with $title is a user's mistake", ({ text, message }) => {
    expect(() => loadText(loadMbpp, text)).toThrow(UserError);
    expect(() => loadText(loadMbpp, text)).toThrow(message);
  });

  test("of MBPP is told from one of HumanEval", () => {
    expect(() => load(loadHumanEval, sanitized)).toThrow(/"test_list", which is MBPP's; write --suite mbpp:FILE/);
  });

  test("of HumanEval+ with the fields of HumanEval is told by its tests", () => {
    const plus = { ...mean, base_input: undefined, plus_input: undefined, test: `def is_floats(x):\n    return False\n\n${mean.test}` };

    expect(load(loadHumanEval, plus).name).toBe("humaneval-plus");
  });
});
