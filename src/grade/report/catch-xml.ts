import type { ReportedTest } from "../runner/run-report.ts";
import { type RawTest, reportedTests } from "./reported-tests.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** What one test program made with Catch2 reported; `finished` when it has its totals, which come last. */
export type CatchReport = { readonly tests: readonly ReportedTest[]; readonly finished: boolean };

const MAX_FAILURES = 5;

/** Reads the report of Catch2's `xml` reporter, versions 2 and 3; null if it is none. A test is a TEST_CASE: its sections are parts of it. */
export function readCatchXml(bytes: Uint8Array): CatchReport | null {
  const root = readXml(bytes);
  if (root === null || (root.name !== "Catch" && root.name !== "Catch2TestRun")) return null;
  const tests = reportedTests(below(root, "TestCase").map(testOf));
  return tests === null ? null : { tests, finished: below(root, "OverallResultsCases").length > 0 };
}

function below(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => (child.name === name ? [child] : below(child, name)));
}

function testOf(testcase: XmlElement): RawTest {
  const name = testcase.attributes.get("name") ?? "";
  const result = testcase.children.find((child) => child.name === "OverallResult");
  const seconds = Number(result?.attributes.get("durationInSeconds") ?? Number.NaN);
  const durationMs = Number.isFinite(seconds) ? seconds * 1000 : null;
  if (result?.attributes.get("success") === "true") {
    const isSkipped = Number(result.attributes.get("skips") ?? 0) > 0;
    return { name, status: isSkipped ? "skipped" : "passed", durationMs };
  }
  return { name, status: "failed", message: failuresOf(testcase).slice(0, MAX_FAILURES).join("\n"), durationMs };
}

function failuresOf(element: XmlElement): readonly string[] {
  return element.children.flatMap((child) => {
    const { filename, line } = { filename: child.attributes.get("filename") ?? "", line: child.attributes.get("line") ?? "" };
    switch (child.name) {
      case "Expression":
        return child.attributes.get("success") === "true" ? [] : [`${filename}:${line}: ${expressionOf(child)}`];
      case "Exception":
      case "FatalErrorCondition":
      case "Failure":
        return [`${filename}:${line}: ${child.text.trim()}`];
      case "Section":
        return failuresOf(child);
      default:
        return [];
    }
  });
}

function expressionOf(expression: XmlElement): string {
  const type = expression.attributes.get("type") ?? "";
  const parts = expression.children.map((child) => [child.name, child.text.trim()] as const);
  const [original, expanded] = ["Original", "Expanded"].map((name) => parts.find(([known]) => known === name)?.[1] ?? "");
  const thrown = parts.find(([name]) => name === "Exception")?.[1];
  const values = expanded === "" || expanded === original ? "" : `, with values ${expanded}`;
  return `${type}( ${original} )${values}${thrown === undefined ? "" : `, threw ${thrown}`}`;
}
