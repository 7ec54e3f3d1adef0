import { UserError } from "../../core/errors.ts";
import type { LoadedSuite } from "../../core/suite.ts";
import { inMb, MAX_TEXT_BYTES } from "../../files/bounds.ts";
import { comparison, isEvalPlus, PLUS_SECONDS } from "./evalplus.ts";
import { idField, type JsonObject, nameField, textField, textsField } from "./json-objects.ts";
import { loadPythonSuite, type ProblemFormat, type PythonProblem, SOLUTION, type TextFile, USUAL_SECONDS } from "./problem.ts";

const TEST_FILE = "mbpp_test.py";
const PLUS_FILE = "mbpp_plus.py";

// Each test has the imports and the setup before it, so that a line of a few MB could become gigabytes. Honest test files have a few KB.
const MAX_TESTS_CHARS = 16 * 1024 * 1024;

/**
 * Loads problems in MBPP's format (objects with task_id, text, code, test_list and test_setup_code), those of its sanitized part (prompt and test_imports) and MBPP+ in both
 * forms that its publishers use: sanitized problems with a `test`, or base_input and plus_input. The first assertion is part of the prompt, since the text alone does not
 * name the function. Throws UserError naming the line at fault.
 */
export function loadMbpp(path: string): LoadedSuite {
  return loadPythonSuite(path, formatOf);
}

function formatOf(first: JsonObject): ProblemFormat {
  const { path, where, value } = first;
  if (isEvalPlus(first)) return { suite: "mbpp-plus", problemOf: comparedProblem };
  if (value["test_list"] === undefined && value["entry_point"] !== undefined)
    throw new UserError(`Cannot import "${path}": ${where} has "entry_point", which is HumanEval's; write --suite humaneval:FILE`);
  if (typeof value["test"] === "string") return { suite: "mbpp-plus", problemOf: plusProblem };
  if (value["text"] === undefined && value["prompt"] !== undefined) return { suite: "mbpp-sanitized", problemOf: sanitizedProblem };
  return { suite: "mbpp", problemOf: originalProblem };
}

function originalProblem(object: JsonObject): PythonProblem {
  const setup = object.value["test_setup_code"];
  return assertedProblem(object, { text: textField(object, "text"), setup: typeof setup === "string" ? [withUnixLines(setup)] : [""] });
}

function sanitizedProblem(object: JsonObject): PythonProblem {
  const setup = textsField(object, "test_imports", { min: 0, of: "import statements" }).map(withUnixLines);
  return assertedProblem(object, { text: textField(object, "prompt"), setup });
}

// The added test is a program that judges the function while it runs.
function plusProblem(object: JsonObject): PythonProblem {
  const problem = sanitizedProblem(object);
  const program = withUnixLines(textField(object, "test"));
  const names = usedNames(problem.reference, program).map((name) => `"${name}": solution.${name}`);
  const added = [
    "",
    "",
    "def test_plus():",
    "    from pathlib import Path",
    "    from runpy import run_path",
    "",
    "    import solution",
    "",
    `    run_path(str(Path(__file__).with_name("${PLUS_FILE}")), {${names.join(", ")}})`,
    "",
  ];
  return {
    ...problem,
    test: { ...problem.test, text: `${problem.test.text}${added.join("\n")}` },
    testData: [{ path: PLUS_FILE, text: program }],
    required: [...problem.required, `${TEST_FILE}::test_plus`],
    timeoutSeconds: PLUS_SECONDS,
  };
}

function comparedProblem(object: JsonObject): PythonProblem {
  const prompt = textField(object, "prompt");
  const entry = nameField(object, "entry_point");
  const id = idField(object, "task_id");
  return {
    id: `mbpp-${id.slice(id.lastIndexOf("/") + 1)}`,
    title: entry,
    prompt: [
      prompt.replaceAll('"""', "").trim(),
      "",
      `Write it into \`${SOLUTION}\`, which has to define \`${entry}\`. Hidden tests import it from there. Use Python's standard library only.`,
    ].join("\n"),
    stub: prompt,
    reference: prompt + textField(object, "canonical_solution"),
    ...comparison(object, { testFile: TEST_FILE, source: "mbpp" }),
  };
}

type Statement = { readonly text: string; readonly setup: readonly string[] };

function assertedProblem(object: JsonObject, { text, setup }: Statement): PythonProblem {
  const { path, where } = object;
  const code = withUnixLines(textField(object, "code"));
  if (code.length > MAX_TEXT_BYTES)
    throw new UserError(`Cannot import "${path}": ${where} has a "code" of more than ${inMb(MAX_TEXT_BYTES)}; shorten it`);
  const tests = textsField(object, "test_list", { min: 1, of: "assertions" }).map((test) => withUnixLines(test).trim());
  const names = usedNames(code, [...setup, ...tests].join("\n"));
  if (names.length === 0) {
    throw new UserError(`Cannot import "${path}": ${where} tests nothing that its code defines; correct "code" or "test_list"`);
  }
  const opening = `from solution import ${names.join(", ")}\n${[...importsOf(code), ...setup].join("\n")}`;
  if (tests.length * indentedLength(opening) + indentedLength(tests.join("\n")) > MAX_TESTS_CHARS)
    throw new UserError(
      `Cannot import "${path}": the ${tests.length} tests of ${where} have more than ${inMb(MAX_TESTS_CHARS)} with the setup of each; shorten the setup or "test_list"`,
    );
  return {
    id: `mbpp-${idField(object, "task_id")}`,
    title: names[0] ?? SOLUTION,
    prompt: promptFor(text, names, tests[0] ?? ""),
    stub: `"""${text.replaceAll("\\", "\\\\").replaceAll('"""', "'''").trim()} """\n`,
    test: testFor(opening, tests),
    testData: [],
    timeoutSeconds: USUAL_SECONDS,
    required: tests.map((_, index) => `${TEST_FILE}::test_${index + 1}`),
    reference: `${code}\n`,
  };
}

function withUnixLines(text: string): string {
  return text.replaceAll("\r\n", "\n");
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
function testFor(opening: string, tests: readonly string[]): TextFile {
  const bodies = tests.map((test, index) => `def test_${index + 1}():\n${indent(`${opening}\n${test}`)}\n`);
  return { path: TEST_FILE, text: bodies.join("\n\n") };
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
