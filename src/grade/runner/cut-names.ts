import type { ReportedTest } from "./run-report.ts";

/**
 * Adds a test for each required name that was cut off at a space among the parameters of a test, as harnesses write names that they read from printed lines. It stands for all tests
 * whose names begin so: it passes when every one of them does, and is not there when none was run. A name that a test really has is none of these.
 */
export function withCutNames(tests: readonly ReportedTest[], required: readonly string[] | null): readonly ReportedTest[] {
  const known = new Set(tests.map(({ name }) => name));
  const wanted = new Set((required ?? []).filter((name) => isCut(name) && !known.has(name)));
  if (wanted.size === 0) return tests;
  const groups = new Map<string, ReportedTest[]>();
  for (const test of tests) {
    const name = cutName(test.name);
    if (wanted.has(name)) groups.set(name, [...(groups.get(name) ?? []), test]);
  }
  return [...tests, ...[...groups].map(([name, members]) => joined(name, members))];
}

/**
 * Checks whether a name ends within the parameters of a test.
 *
 * @internal
 */
export function isCut(name: string): boolean {
  const start = name.indexOf("[");
  return start !== -1 && !name.endsWith("]") && cutName(name) === name;
}

function cutName(name: string): string {
  const start = name.indexOf("[");
  const space = start === -1 ? -1 : name.slice(start).search(/\s/);
  return space === -1 ? name : name.slice(0, start + space);
}

function joined(name: string, members: readonly ReportedTest[]): ReportedTest {
  const bad = members.find(({ status }) => status === "failed") ?? members.find(({ status }) => status !== "passed");
  const message = bad === undefined ? null : `${bad.name}: ${bad.message ?? bad.status}`;
  return { name, status: bad?.status ?? "passed", message, durationMs: null };
}
