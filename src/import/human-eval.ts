import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { LoadedSuite } from "../core/task.ts";
import { type JsonLine, loadPythonSuite, type PythonProblem, SOLUTION, textField } from "./python-problem.ts";

const TEST_FILE = "human_eval_test.py";

/**
 * Loads problems in HumanEval's format: one JSON object a line with task_id, prompt, entry_point, canonical_solution and test. The
 * prompt becomes a file to complete. Throws UserError naming the line at fault.
 */
export function loadHumanEval(path: string): LoadedSuite {
  return loadPythonSuite("humaneval", path, (line) => problemOf(path, line));
}

function problemOf(path: string, line: JsonLine): PythonProblem {
  const field = (name: string) => textField(path, line, name);
  const prompt = field("prompt");
  const entry = field("entry_point");
  if (!/^[A-Za-z_]\w{0,99}$/.test(entry)) {
    throw new UserError(
      `Cannot import "${path}": line ${line.line} has entry_point "${printable(entry)}"; expected the name of a function`,
    );
  }
  return {
    id: slugOf(field("task_id")),
    title: entry,
    prompt: promptFor(entry),
    stub: prompt,
    testFile: TEST_FILE,
    testText: testFor(prompt, entry, field("test")),
    required: [`${TEST_FILE}::test_${entry}`],
    reference: prompt + field("canonical_solution"),
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
