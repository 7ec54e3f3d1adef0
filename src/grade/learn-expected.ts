import { UserError } from "../core/errors.ts";
import type { Expected, Verdict } from "../core/verdict.ts";
import { type GradeRequest, gradeWithDetails } from "./grade.ts";
import { overlay } from "./submission.ts";

/** What learning needs: a grading request without a submission. */
export type LearnRequest = Omit<GradeRequest, "submitted" | "expected">;

/** What a reference solution taught; `skipped` names the tests that it does not run, which therefore decide nothing. */
export type Learned = Expected & { readonly skipped: readonly string[] };

/**
 * Learns what a task expects: the tests that decide are those it lists, otherwise those that its reference solution passes, and what crosses to them is what crosses
 * from the reference solution.
 *
 * Throws UserError when the task lists no tests and has no reference solution, or when that does not pass.
 */
export async function learnExpected(request: LearnRequest): Promise<Learned> {
  const { task } = request;
  const listed = task.tests.required;
  const reference = await task.files.reference();
  if (reference === null) {
    if (listed !== null) return { required: listed, shapes: null, skipped: [] };
    throw new UserError(
      `Cannot determine which tests of task "${task.id}" must pass: it has no reference solution; add one, or list the test names under tests.required`,
    );
  }
  const submitted = overlay(await task.files.workspace(), reference);
  const expected = listed === null ? null : { required: listed, shapes: null };
  const { verdict, shapes, skipped } = await gradeWithDetails({ ...request, submitted, expected });
  if (verdict.passed) return { required: listed ?? passedOf(verdict), shapes, skipped };
  throw new UserError(
    `Cannot learn the tests of task "${task.id}" (${task.tests.files.join(", ")}): its reference solution does not pass, ${failureOf(verdict)}; correct the reference solution or the tests`,
  );
}

/** Names the tests that passed. */
export function passedOf(verdict: Verdict): readonly string[] {
  return verdict.tests.filter((test) => test.status === "passed").map((test) => test.name);
}

/** Says why a solution does not pass, by the first test that failed. */
export function failureOf(verdict: Verdict): string {
  const failure = verdict.tests.find((test) => test.status === "failed");
  if (failure !== undefined) return `"${failure.name}" failed${failure.message === null ? "" : ` (${mainLine(failure.message)})`}`;
  return verdict.testsTotal === 0 && verdict.reason === "tests-failed" ? "no test passed" : verdict.reason;
}

// The line that says what is wrong: pytest marks it where it shows a traceback.
function mainLine(message: string): string {
  const lines = message.split("\n");
  return (
    lines
      .find((line) => line.startsWith("E   "))
      ?.slice(1)
      .trim() ??
    lines[0] ??
    ""
  );
}
