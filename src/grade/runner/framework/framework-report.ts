import { createHash } from "node:crypto";
import { contradictionOf, type ExitRule, type ReportedTest, type RunReport } from "../run-report.ts";
import type { StepResult } from "../step.ts";
import type { RunnerInput } from "../test-runner.ts";

/** What a framework's own report says: the tests in it, and whether it is whole. */
export type FrameworkReport = { readonly tests: readonly ReportedTest[]; readonly isWhole: boolean };

/** How a framework's run is judged: what it reported, in how many places each canary must have failed, and what its exit status means. */
export type FrameworkRun = { readonly report: FrameworkReport | null; readonly placesOfCanaries: number; readonly exits: ExitRule };

/**
 * Makes a run report of the one step of a framework that runs the solution in its own process.
 *
 * Canaries stand in several places, such as at the end of each test file, and each is a test that must fail everywhere: one that was not run in each of its places is left
 * out, one that did not fail in each is reported as the test that did not.
 */
export function reportOf(results: readonly StepResult[], { canaries }: RunnerInput, run: FrameworkRun): RunReport {
  const [result] = results;
  const tests = run.report?.tests ?? [];
  const isCanary = (name: string) => canaries.some((canary) => name.includes(canary));
  const own = canaries.flatMap((canary) => mergedCanary(canary, tests, run.placesOfCanaries));
  const ended = run.report?.isWhole === true;
  return {
    tests: [...tests.filter(({ name }) => !isCanary(name)), ...own],
    finished: result?.exit.kind === "exited" && ended,
    strays: 0,
    contradiction: result === undefined ? null : contradictionOf({ result, tests, ended }, run.exits),
    shapes: null,
  };
}

function mergedCanary(canary: string, tests: readonly ReportedTest[], places: number): readonly ReportedTest[] {
  const found = tests.filter(({ name }) => name.includes(canary));
  const [first] = found;
  if (first === undefined || found.length < places) return [];
  const spared = found.find(({ status }) => status !== "failed");
  return [{ ...(spared ?? first), name: canary }];
}

/** Names a file or folder for one grading which a solution cannot know beforehand, and from which no canary can be known. */
export function secretName({ canaries }: RunnerInput, purpose: string): string {
  return createHash("sha256")
    .update([purpose, ...canaries].join("\0"))
    .digest("hex")
    .slice(0, 20);
}

/** Returns the only report of a step that was captured or is a single file; null when there is none. */
export function onlyReport(results: readonly StepResult[]): Uint8Array | null {
  return results[0]?.reports[0]?.bytes ?? null;
}
