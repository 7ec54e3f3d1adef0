import { UserError } from "../core/errors.ts";
import type { LoadedSuite } from "../core/task.ts";
import { inMb, MAX_TEXT_BYTES } from "../files/bounds.ts";
import { type JsonLine, loadPythonSuite, type PythonProblem, SOLUTION, textField } from "./python-problem.ts";

const TEST_FILE = "mbpp_test.py";

// Each test has the imports and the setup before it, so that a line of a few MB could become gigabytes. Honest test files have a few KB.
const MAX_TESTS_CHARS = 16 * 1024 * 1024;

/**
 * Loads problems in MBPP's format: one JSON object a line with task_id, text, code, test_list and test_setup_code. The first assertion
 * is part of the prompt, since the text alone does not name the function. Throws UserError naming the line at fault.
 */
export function loadMbpp(path: string): LoadedSuite {
  return loadPythonSuite("mbpp", path, (line) => problemOf(path, line));
}

function problemOf(path: string, line: JsonLine): PythonProblem {
  const text = textField(path, line, "text");
  const code = textField(path, line, "code").replaceAll("\r\n", "\n");
  if (code.length > MAX_TEXT_BYTES)
    throw new UserError(`Cannot import "${path}": line ${line.line} has a "code" of more than ${inMb(MAX_TEXT_BYTES)}; shorten it`);
  const setup = typeof line.value["test_setup_code"] === "string" ? line.value["test_setup_code"].replaceAll("\r\n", "\n") : "";
  const tests = assertionsOf(path, line);
  const names = usedNames(code, [setup, ...tests].join("\n"));
  if (names.length === 0) {
    throw new UserError(`Cannot import "${path}": line ${line.line} tests nothing that its code defines; correct "code" or "test_list"`);
  }
  const opening = `from solution import ${names.join(", ")}\n${[...importsOf(code), setup].join("\n")}`;
  if (tests.length * indentedLength(opening) + indentedLength(tests.join("\n")) > MAX_TESTS_CHARS)
    throw new UserError(
      `Cannot import "${path}": the ${tests.length} tests of line ${line.line} have more than ${inMb(MAX_TESTS_CHARS)} with the setup of each; shorten "test_setup_code" or "test_list"`,
    );
  return {
    id: `mbpp-${idOf(path, line)}`,
    title: names[0] ?? SOLUTION,
    prompt: promptFor(text, names, tests[0] ?? ""),
    stub: `"""${text.replaceAll("\\", "\\\\").replaceAll('"""', "'''").trim()} """\n`,
    testFile: TEST_FILE,
    testText: testFor(opening, tests),
    required: tests.map((_, index) => `${TEST_FILE}::test_${index + 1}`),
    reference: `${code}\n`,
  };
}

function idOf(path: string, line: JsonLine): string {
  const id = line.value["task_id"];
  if (typeof id === "number" || typeof id === "string") return String(id);
  throw new UserError(`Cannot import "${path}": line ${line.line} has no "task_id"; expected a number`);
}

function assertionsOf(path: string, line: JsonLine): readonly string[] {
  const list = line.value["test_list"];
  if (Array.isArray(list) && list.length > 0 && list.every((test) => typeof test === "string")) {
    return list.map((test: string) => test.replaceAll("\r\n", "\n").trim());
  }
  throw new UserError(`Cannot import "${path}": line ${line.line} has no "test_list"; expected a list of assertions`);
}

// The functions and classes of the reference that the tests use. Of millions of words in the tests only these are kept.
function usedNames(code: string, tests: string): readonly string[] {
  const defined = new Set(Array.from(code.matchAll(/^(?:def|class)\s+([A-Za-z_]\w*)/gm), (match) => match[1] ?? ""));
  const used = new Set<string>();
  for (const [word] of tests.matchAll(/\w+/g)) if (defined.has(word)) used.add(word);
  return [...defined].filter((name) => used.has(name));
}

function promptFor(text: string, names: readonly string[], example: string): string {
  return [
    text.trim(),
    "",
    `Write it into \`${SOLUTION}\`, which has to define ${names.map((name) => `\`${name}\``).join(", ")}. Hidden tests import it from there; this is one of them:`,
    "",
    "```python",
    example,
    "```",
    "",
    "Use Python's standard library only.",
  ].join("\n");
}

// Some assertions rely on the reference's own imports.
function importsOf(code: string): readonly string[] {
  return code.split("\n").filter((line) => /^(?:import|from)\s+[\w.]+(?:\s|$)/.test(line) && !line.trimEnd().endsWith("("));
}

// Names are imported inside each test: some are called `test_...`, and pytest would collect them as tests.
function testFor(opening: string, tests: readonly string[]): string {
  const bodies = tests.map((test, index) => `def test_${index + 1}():\n${indent(`${opening}\n${test}`)}\n`);
  return bodies.join("\n\n");
}

const INDENT = "    ";

function indentedLength(text: string): number {
  let length = text.length + INDENT.length;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) length += INDENT.length;
  return length;
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `${INDENT}${line}`)
    .join("\n");
}
