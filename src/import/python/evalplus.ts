import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { argumentsOf, MBPP_AGREEMENTS } from "./evalplus-mbpp.ts";
import { idField, type JsonObject, nameField } from "./json-objects.ts";
import type { PythonProblem } from "./problem.ts";

/** The hidden file that holds a problem as its publishers wrote it. */
const DATA_FILE = "problem.json";

/** The time limit of tests with the inputs of EvalPlus, whose slowest take the reference ten seconds, twice. */
export const PLUS_SECONDS = 240;

/** Tells whether a problem is in EvalPlus's own form: inputs on which the solution and the reference are compared. */
export function isEvalPlus({ value }: JsonObject): boolean {
  return "plus_input" in value || "base_input" in value;
}

type Comparison = { readonly testFile: string; readonly source: "humaneval" | "mbpp" };

/**
 * Makes the hidden tests of a problem in EvalPlus's form: `test_base` with the inputs of the original problem and `test_plus` with those that EvalPlus added. What is right
 * is what the reference returns, compared the way `evalplus.evaluate` does. Throws UserError naming the line and field at fault.
 */
export function comparison(
  object: JsonObject,
  { testFile, source }: Comparison,
): Pick<PythonProblem, "test" | "testData" | "required" | "timeoutSeconds"> {
  const { path, where, value, text } = object;
  const [base, plus] = [countOf(object, "base_input"), countOf(object, "plus_input")];
  if (typeof value["atol"] !== "number")
    throw new UserError(`Cannot import "${path}": ${where} has no "atol"; expected the tolerance of EvalPlus, a number`);
  if (text === null)
    throw new UserError(
      `Cannot import "${path}": ${where} has "base_input" in a list, where large numbers are lost; write one object a line`,
    );
  if (base + plus === 0) throw new UserError(`Cannot import "${path}": ${where} has no inputs; fill "base_input" or remove it`);
  const entry = nameField(object, "entry_point");
  const sets = [...(base > 0 ? ["base"] : []), ...(plus > 0 ? ["plus"] : [])];
  const rules =
    source === "mbpp"
      ? { given: argumentsOf(numberOf(object)), agreement: MBPP_AGREEMENTS[entry] }
      : { agreement: HUMANEVAL_AGREEMENTS[entry] };
  return {
    test: { path: testFile, text: testText({ entry, sets, ...rules }) },
    testData: [{ path: DATA_FILE, text }],
    timeoutSeconds: PLUS_SECONDS,
    required: sets.map((set) => `${testFile}::test_${set}`),
  };
}

// A problem to which EvalPlus added nothing has an empty object there.
function countOf({ path, where, value }: JsonObject, field: string): number {
  const inputs = value[field];
  if (Array.isArray(inputs)) return inputs.length;
  if (typeof inputs === "object" && inputs !== null && Object.keys(inputs).length === 0) return 0;
  throw new UserError(`Cannot import "${path}": ${where} has no list "${field}"; expected the inputs of EvalPlus`);
}

// EvalPlus names its problems "Mbpp/2".
function numberOf(object: JsonObject): number {
  const id = idField(object, "task_id");
  const number = Number(id.slice(id.lastIndexOf("/") + 1));
  if (Number.isSafeInteger(number)) return number;
  throw new UserError(`Cannot import "${object.path}": ${object.where} has task_id "${printable(id)}"; expected one such as "Mbpp/2"`);
}

// A polynomial has several zeros.
const HUMANEVAL_AGREEMENTS: Readonly<Record<string, string>> = {
  find_zero: "abs(sum(factor * math.pow(found, power) for power, factor in enumerate(given[0]))) <= atol",
};

const AS_TUPLES = `

def as_tuples(value):
    return tuple(as_tuples(each) for each in value) if isinstance(value, list) else value
`;

type TestParts = {
  readonly entry: string;
  readonly sets: readonly string[];
  readonly given?: string;
  readonly agreement?: string | undefined;
};

function testText({ entry, sets, given = "given", agreement = "agrees(found, wanted, atol)" }: TestParts): string {
  return `import json
import math
from copy import deepcopy
from pathlib import Path

PROBLEM = json.loads(Path(__file__).with_name("${DATA_FILE}").read_text(encoding="utf-8"))


def reference():
    names = {}
    exec(PROBLEM["prompt"] + PROBLEM["canonical_solution"], names)
    return names["${entry}"]


def is_floats(value):
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(isinstance(each, float) for each in value)
    return isinstance(value, float)


def is_close(found, wanted, atol):
    if isinstance(wanted, (list, tuple)):
        return len(found) == len(wanted) and all(is_close(one, other, atol) for one, other in zip(found, wanted))
    return found == wanted or abs(found - wanted) <= atol + 1e-07 * abs(wanted)


def agrees(found, wanted, atol):
    if found == wanted:
        return True
    return atol != 0 and type(found) is type(wanted) and is_close(found, wanted, atol)
${given.startsWith("as_tuples(") ? AS_TUPLES : ""}

def compare(inputs):
    from solution import ${entry} as solution

    right = reference()
    atol = PROBLEM["atol"]
    for written in inputs:
        given = ${given.replaceAll("given", "written")}
        wanted = right(*deepcopy(given))
        # EvalPlus keeps this tolerance for the inputs that follow.
        if atol == 0 and is_floats(wanted):
            atol = 1e-6
        found = solution(*deepcopy(given))
        assert ${agreement}, f"${entry}{tuple(given)!r:.300} is {wanted!r:.300}, not {found!r:.300}"
${sets.map((set) => `\n\ndef test_${set}():\n    compare(PROBLEM["${set}_input"])\n`).join("")}`;
}
