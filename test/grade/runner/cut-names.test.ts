import { expect, test } from "vitest";
import { isCut, withCutNames } from "../../../src/grade/runner/cut-names.ts";
import type { ReportedTest } from "../../../src/grade/runner/run-report.ts";

function reported(name: string, status: ReportedTest["status"] = "passed"): ReportedTest {
  return { name, status, message: status === "passed" ? null : "no", durationMs: 1 };
}

const statusOf = (tests: readonly ReportedTest[], name: string) => tests.find((one) => one.name === name)?.status;

test.each([
  ["t.py::test_a[x", true],
  ["tests.test_a > test_a[x", true],
  ["t.py::test_a[x y]", false],
  ["t.py::test_a[x y", false],
  ["t.py::test_a[x]", false],
  ["t.py::test_a", false],
])("%s is cut: %s", (name, cut) => {
  expect(isCut(name)).toBe(cut);
});

test("a cut name passes when every test that begins so does", () => {
  const tests = [reported("t.py::test_a[x 1]"), reported("t.py::test_a[x 2]"), reported("t.py::test_a[xy 1]", "failed")];

  expect(statusOf(withCutNames(tests, ["t.py::test_a[x"]), "t.py::test_a[x")).toBe("passed");
});

test("it fails with the message of the first of them that does, and is skipped with one that is", () => {
  const tests = [reported("t.py::test_a[x 1]"), reported("t.py::test_a[x 2]", "failed"), reported("t.py::test_b[x 1]", "skipped")];
  const joined = withCutNames(tests, ["t.py::test_a[x", "t.py::test_b[x"]);

  expect(joined.find(({ name }) => name === "t.py::test_a[x")).toMatchObject({ status: "failed", message: "t.py::test_a[x 2]: no" });
  expect(statusOf(joined, "t.py::test_b[x")).toBe("skipped");
});

test("it is not there when no test begins so, and a test of that very name stands for itself", () => {
  const tests = [reported("t.py::test_a[x"), reported("t.py::test_a[x 1]", "failed")];

  expect(withCutNames(tests, ["t.py::test_a[x"])).toBe(tests);
  expect(withCutNames([reported("t.py::test_a")], ["t.py::test_a[x"])).toHaveLength(1);
});
