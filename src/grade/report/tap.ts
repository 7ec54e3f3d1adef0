import { Parser } from "tap-parser";
import { faultOfYaml } from "../../core/yaml-bounds.ts";
import type { ReportedTest } from "../runner/run-report.ts";
import { isRecord, numberedByName, type RawTest, reportedTests, SEPARATOR, textOf } from "./reported-tests.ts";

// Far above what a thousand tests need, and read within a second.
const MAX_CHARACTERS = 2_000_000;
const MAX_LINE = 10_000;
// A parser of its own reads each subtest, called by that of the test around it.
const MAX_LEVELS = 50;

/**
 * Reads a report in the Test Anything Protocol, versions 12 to 14; null if it is none, stops before its plan is fulfilled, or bails out. Tests in subtests are named after
 * the subtest, which is a test itself. A failed test marked TODO counts as skipped, as the protocol has it. Tests of equal names count as one.
 *
 * @see https://testanything.org/tap-version-14-specification.html
 */
export function readTap(bytes: Uint8Array): readonly ReportedTest[] | null {
  const text = textOf(bytes);
  if (text.length > MAX_CHARACTERS || text.split("\n").some((line) => line.length > MAX_LINE)) return null;
  try {
    const parser = new Parser();
    const report = reportOf(parser, 0);
    parser.end(text);
    if (!isComplete(report.results)) return null;
    const tests = testsIn(report, []);
    return tests.length === 0 ? null : reportedTests(numberedByName(tests));
  } catch {
    return null;
  }
}

type Assert = Readonly<Record<string, unknown>>;
type Report = {
  readonly entries: ({ readonly kind: "test"; readonly assert: Assert } | { readonly kind: "subtests"; readonly report: Report })[];
  results: unknown;
};

// Collects what a parser finds while it reads.
function reportOf(parser: Parser, level: number): Report {
  if (level > MAX_LEVELS) throw new RangeError("subtests are nested too deeply");
  boundDiagnostics(parser);
  const report: Report = { entries: [], results: null };
  parser.on("assert", (assert: unknown) => {
    if (isRecord(assert)) report.entries.push({ kind: "test", assert });
  });
  parser.on("child", (child: Parser) => report.entries.push({ kind: "subtests", report: reportOf(child, level + 1) }));
  parser.on("complete", (results: unknown) => {
    report.results = results;
  });
  return report;
}

// The diagnostics of a test are YAML, and a solution may have written them: what is too much for the parser of YAML is left out before it gets there.
function boundDiagnostics(parser: Parser): void {
  let block = "";
  const yamlishLine = parser.yamlishLine.bind(parser);
  const resetYamlish = parser.resetYamlish.bind(parser);
  parser.resetYamlish = () => {
    block = "";
    resetYamlish();
  };
  parser.yamlishLine = (line) => {
    const isEnd = line.trim() === "...";
    if (isEnd && faultOfYaml(block) !== null) return parser.resetYamlish();
    block += line;
    yamlishLine(line);
  };
}

function isComplete(results: unknown): boolean {
  if (!isRecord(results)) return false;
  const { bailout, plan, count } = results;
  const planned = isRecord(plan) ? plan["end"] : null;
  return bailout === false && (planned === count || planned === null || count === 0);
}

function testsIn({ entries }: Report, within: readonly string[]): readonly RawTest[] {
  // A subtest comes before the line that names it.
  let children: readonly Report[] = [];
  return entries.flatMap((entry): readonly RawTest[] => {
    if (entry.kind === "subtests") {
      children = [...children, entry.report];
      return [];
    }
    const path = [...within, nameOf(entry.assert)];
    const inner = children.flatMap((child) => testsIn(child, path));
    children = [];
    return [...inner, testOf(entry.assert, path)];
  });
}

function nameOf({ name, id }: Assert): string {
  return typeof name === "string" && name !== "" ? name : `test ${String(id)}`;
}

function testOf(assert: Assert, path: readonly string[]): RawTest {
  const { ok, skip, todo, time, diag } = assert;
  const durationMs = typeof time === "number" ? time : null;
  const name = path.join(SEPARATOR);
  if (skip !== false && skip !== undefined) return { name, status: "skipped", message: wordsOf(skip), durationMs };
  if (ok === true) return { name, status: "passed", durationMs };
  if (todo !== false && todo !== undefined) return { name, status: "skipped", message: wordsOf(todo), durationMs };
  return { name, status: "failed", message: isRecord(diag) ? wordsOf(diag["message"] ?? diag["error"]) : null, durationMs };
}

function wordsOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
