import { UserError } from "../core/errors.ts";
import type { Verdict } from "../core/verdict.ts";
import { type GradeRequest, grade } from "./grade.ts";
import { overlay } from "./submission.ts";

/** What learning needs: a grading request without a submission. */
export type LearnRequest = Omit<GradeRequest, "submitted" | "required">;

/**
 * Finds the names of the tests that decide about a task: those it lists, otherwise those that its reference solution passes.
 *
 * Throws UserError when the task lists none and has no reference solution, or when that does not pass all tests.
 */
export async function learnRequired(request: LearnRequest): Promise<readonly string[]> {
  const { task } = request;
  if (task.tests.required !== null) return task.tests.required;
  const reference = await task.files.reference();
  if (reference === null) {
    throw new UserError(
      `Cannot determine which tests of task "${task.id}" must pass: it has no reference solution; add one, or list the test names under tests.required`,
    );
  }
  const submitted = overlay(await task.files.workspace(), reference);
  const verdict = await grade({ ...request, submitted, required: null });
  if (verdict.passed) return verdict.tests.filter((test) => test.status === "passed").map((test) => test.name);
  throw new UserError(
    `Cannot learn the tests of task "${task.id}" (${task.tests.files.join(", ")}): its reference solution does not pass, ${failureOf(verdict)}; correct the reference solution or the tests`,
  );
}

function failureOf(verdict: Verdict): string {
  const failure = verdict.tests.find((test) => test.status === "failed");
  if (failure !== undefined) return `"${failure.name}" failed${failure.message === null ? "" : ` (${failure.message.split("\n")[0]})`}`;
  return verdict.testsTotal === 0 && verdict.reason === "tests-failed" ? "no test passed" : verdict.reason;
}
