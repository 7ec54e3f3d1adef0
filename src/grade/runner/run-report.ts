import { createHash } from "node:crypto";
import type { Shapes } from "../../core/verdict.ts";
import type { StepResult } from "./step.ts";

/** One test as the runner reported it. */
export type ReportedTest = {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly message: string | null;
  readonly durationMs: number | null;
  /** The name that this test has, too, where it is not the first of that name and got a number; absent for all others. */
  readonly repeats?: string;
};

/** What one run of the tests reported. */
export type RunReport = {
  readonly tests: readonly ReportedTest[];
  /** All planned steps were run to their end, and each reported that it reached the end of its tests. */
  readonly finished: boolean;
  /** Messages on the runner's channel that it did not send. */
  readonly strays: number;
  /** How the end of the run contradicts what it reported, such as status 0 after a failed test; null when they agree. */
  readonly contradiction: string | null;
  /** What crossed from the solution, by place; null for runners that do not tell. */
  readonly shapes: Shapes | null;
};

// As many as a task may require, and as many again. Each is stored with its trial.
const MAX_TESTS = 20_000;
const MAX_TEXT = 2_000;
const HASH_LENGTH = 16;
const MAX_SHAPES = 20_000;

/** A status of which a test framework says that all tests passed, and of which it says that some did not. */
export type ExitRule = { readonly passed: number; readonly failed: number };

/** Reads a run whose steps sent events: one for each test, and one when the end was reached. */
export function readEvents(results: readonly StepResult[], planned: number, rule: ExitRule): RunReport {
  const steps = results.map((result) => ({ result, tests: eventTests(result), ended: result.events.at(-1)?.["kind"] === "end" }));
  const tests = steps.flatMap((step) => step.tests);
  const allEnded = steps.every(({ result, ended }) => ended && result.exit.kind === "exited");
  return {
    tests: tests.slice(0, MAX_TESTS),
    finished: allEnded && results.length === planned && tests.length <= MAX_TESTS,
    strays: results.reduce((sum, { strays }) => sum + strays, 0),
    contradiction: firstOf(steps.map((step) => contradictionOf(step, rule))),
    shapes: shapesOf(results),
  };
}

function eventTests({ events }: StepResult): readonly ReportedTest[] {
  return events.filter((event) => event["kind"] === "test").map(reportedTest);
}

function firstOf(found: readonly (string | null)[]): string | null {
  return found.find((each) => each !== null) ?? null;
}

/** One step of a run, the tests it reported, and whether it reported that it reached its end. */
export type ReportedStep = { readonly result: StepResult; readonly tests: readonly ReportedTest[]; readonly ended: boolean };

/** Says how the end of a step contradicts what it reported; null when they agree, or when it just did not reach its end. */
export function contradictionOf({ result, tests, ended }: ReportedStep, rule: ExitRule): string | null {
  const { exit } = result;
  if (!ended)
    return exit.kind === "exited" && exit.code === rule.passed
      ? `the run ended with status ${exit.code} before the end of its tests`
      : null;
  if (exit.kind === "timed-out") return null;
  if (exit.kind === "signalled") return `the run was ended by ${exit.signal} after the end of its tests`;
  const failed = tests.filter((test) => test.status === "failed").length;
  if (exit.code === (failed > 0 ? rule.failed : rule.passed) || tests.length === 0) return null;
  return `the run ended with status ${exit.code} although ${failed === 0 ? "none" : failed} of its tests failed`;
}

/**
 * Makes a reported test of what a runner wrote, whatever types it has. A name that is too long to keep is cut and ends in a hash of the whole, so that different
 * names stay different; a duration that is no number of milliseconds is unknown.
 *
 * @internal
 */
export function reportedTest(value: Readonly<Record<string, unknown>>): ReportedTest {
  const { name, status, message, durationMs, repeats } = value;
  return {
    name: keptName(typeof name === "string" ? name : "(no name)"),
    status: status === "passed" || status === "skipped" ? status : "failed",
    message: typeof message === "string" ? wellFormed(message).slice(0, MAX_TEXT) : null,
    durationMs: typeof durationMs === "number" && Number.isFinite(durationMs) && durationMs >= 0 ? durationMs : null,
    ...(typeof repeats === "string" ? { repeats: keptName(repeats) } : {}),
  };
}

function keptName(name: string): string {
  const text = wellFormed(name);
  if (text.length <= MAX_TEXT) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
  return `${wellFormed(text.slice(0, MAX_TEXT - HASH_LENGTH - 1))} ${hash}`;
}

// Half of a surrogate pair cannot be stored, and would come back as another character.
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function shapesOf(results: readonly StepResult[]): Shapes | null {
  const found = results.flatMap(({ events }) => events.filter((event) => event["kind"] === "shapes").map((event) => event["shapes"]));
  if (found.length === 0) return null;
  const shapes = new Map<string, "data" | "own">();
  for (const [place, shape] of found.flatMap((each) => (typeof each === "object" && each !== null ? Object.entries(each) : []))) {
    // A place that was ever seen with an object of its own may have one.
    if ((shape === "data" && !shapes.has(place)) || shape === "own") shapes.set(place, shape);
  }
  return Object.fromEntries([...shapes].slice(0, MAX_SHAPES));
}
