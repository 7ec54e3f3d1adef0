import { UserError } from "../../core/errors.ts";
import type { LoadedSuite } from "../../core/suite.ts";
import { comparison, isEvalPlus, PLUS_SECONDS } from "./evalplus.ts";
import { idField, type JsonObject, nameField, textField } from "./json-objects.ts";
import { loadPythonSuite, type ProblemFormat, type PythonProblem, SOLUTION, USUAL_SECONDS } from "./problem.ts";

const TEST_FILE = "human_eval_test.py";

/**
 * Loads problems in HumanEval's format (objects with task_id, prompt, entry_point, canonical_solution and test) and HumanEval+ in both forms that its publishers use: the
 * same fields, or base_input and plus_input. The prompt becomes a file to complete. Throws UserError naming the line at fault.
 */
export function loadHumanEval(path: string): LoadedSuite {
  return loadPythonSuite(path, formatOf);
}

function formatOf(first: JsonObject): ProblemFormat {
  const { path, where, value } = first;
  if (isEvalPlus(first)) return { suite: "humaneval-plus", problemOf: plusProblem };
  if (Array.isArray(value["test_list"]))
    throw new UserError(`Cannot import "${path}": ${where} has "test_list", which is MBPP's; write --suite mbpp:FILE`);
  return { suite: isPlusTest(value["test"]) ? "humaneval-plus" : "humaneval", problemOf };
}

// HumanEval+ also comes with HumanEval's fields; its tests alone tell it.
function isPlusTest(test: unknown): boolean {
  return typeof test === "string" && /^def is_floats\(/m.test(test);
}

function problemOf(object: JsonObject): PythonProblem {
  const prompt = textField(object, "prompt");
  const entry = nameField(object, "entry_point");
  return {
    ...statement(object, prompt, entry),
    test: { path: TEST_FILE, text: testFor(prompt, entry, textField(object, "test")) },
    testData: [],
    required: [`${TEST_FILE}::test_${entry}`],
    timeoutSeconds: isPlusTest(object.value["test"]) ? PLUS_SECONDS : USUAL_SECONDS,
  };
}

function plusProblem(object: JsonObject): PythonProblem {
  const entry = nameField(object, "entry_point");
  return { ...statement(object, textField(object, "prompt"), entry), ...comparison(object, { testFile: TEST_FILE, source: "humaneval" }) };
}

function statement(object: JsonObject, prompt: string, entry: string) {
  return {
    id: slugOf(idField(object, "task_id")),
    title: entry,
    prompt: promptFor(entry),
    stub: prompt,
    reference: prompt + textField(object, "canonical_solution"),
  };
}

function slugOf(taskId: string): string {
  return taskId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}

function promptFor(entry: string): string {
  return [
    `Complete the function \`${entry}\` in \`${SOLUTION}\` so that it does what its docstring says.`,
    "",
    "Keep its name and parameters; hidden tests import it from that file. Use Python's standard library only.",
  ].join("\n");
}

// Helpers that the prompt defines before the function are taken from the prompt, so that a solution cannot replace them.
function testFor(prompt: string, entry: string, test: string): string {
  const start = prompt.search(new RegExp(`^def\\s+${entry}\\b`, "m"));
  const helpers = start > 0 ? prompt.slice(0, start) : "";
  return `${helpers}\n${test}\n\nfrom solution import ${entry}\n\n\ndef test_${entry}():\n    check(${entry})\n`;
}
