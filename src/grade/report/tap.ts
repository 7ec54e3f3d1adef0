import { Parser } from "tap-parser";
import type { ReportedTest } from "../runner/run-report.ts";
import { isRecord, numberedByName, type RawTest, reportedTests, SEPARATOR, textOf } from "./reported-tests.ts";

// Far above what a thousand tests need, and read within a second.
const MAX_CHARACTERS = 2_000_000;
const MAX_LINE = 10_000;

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
    const events: unknown = Parser.parse(text);
    if (!Array.isArray(events) || !isComplete(events)) return null;
    const tests = testsIn(events, []);
    return tests.length === 0 ? null : reportedTests(numberedByName(tests));
  } catch {
    return null;
  }
}

function isComplete(events: readonly unknown[]): boolean {
  const end = events.find((event) => Array.isArray(event) && event[0] === "complete") as readonly unknown[] | undefined;
  if (!isRecord(end?.[1])) return false;
  const { bailout, plan, count } = end[1];
  const planned = isRecord(plan) ? plan["end"] : null;
  return bailout === false && (planned === count || planned === null || count === 0);
}

function testsIn(events: readonly unknown[], within: readonly string[]): readonly RawTest[] {
  // A subtest comes before the line that names it.
  let children: readonly (readonly unknown[])[] = [];
  return events.flatMap((event): readonly RawTest[] => {
    if (!Array.isArray(event)) return [];
    const [kind, value]: readonly unknown[] = event;
    if (kind === "child" && Array.isArray(value)) {
      children = [...children, value as readonly unknown[]];
      return [];
    }
    if (kind !== "assert" || !isRecord(value)) return [];
    const path = [...within, nameOf(value)];
    const inner = children.flatMap((child) => testsIn(child, path));
    children = [];
    return [...inner, testOf(value, path)];
  });
}

function nameOf({ name, id }: Readonly<Record<string, unknown>>): string {
  return typeof name === "string" && name !== "" ? name : `test ${String(id)}`;
}

function testOf(assert: Readonly<Record<string, unknown>>, path: readonly string[]): RawTest {
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
