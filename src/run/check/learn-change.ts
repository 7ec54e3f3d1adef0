import type { SourceFile, Task } from "../../core/task.ts";
import type { Shapes } from "../../core/verdict.ts";
import { failureOf, passedOf } from "../../grade/learn-expected.ts";
import { overlay } from "../../grade/submission.ts";
import type { CheckOptions } from "./check-task.ts";

/**
 * What a change teaches about its tests. `required` pass after it, `failing` are those of them that do not before it; `failed` counts tests that fail after it, which decide
 * nothing, and `failure` says why the first does.
 */
export type LearnedChange = {
  readonly required: readonly string[];
  readonly failing: readonly string[];
  readonly failed: number;
  readonly failure: string | null;
  readonly shapes: Shapes | null;
  readonly testsMs: number | null;
};

const MIN_SECONDS = 30;
const TIME_FACTOR = 10;

/** Returns a time limit for tests, in seconds, by the time that they took once: several times that, since other machines are slower, and at most `maxSeconds`. */
export function timeLimitOf(testsMs: number | null, maxSeconds: number): number {
  return testsMs === null ? maxSeconds : Math.min(maxSeconds, Math.max(MIN_SECONDS, Math.ceil((testsMs * TIME_FACTOR) / 1000)));
}

/**
 * Runs the tests of a change after it, on the reference solution, and before it, on the workspace as it is: SWE-bench's FAIL_TO_PASS and PASS_TO_PASS. Required is what passes
 * twice after it, so that a test that passes by chance decides nothing. Where none passes after it, they are not run before it. Throws what grading throws.
 */
export async function learnChange(task: Task, grade: CheckOptions["grade"]): Promise<LearnedChange> {
  const workspace = await task.files.workspace();
  const reference: readonly SourceFile[] = (await task.files.reference()) ?? [];
  const solved = overlay(workspace, reference);
  const after = await grade(task, solved, null);
  const once = passedOf(after.verdict);
  const again = once.length === 0 ? after : await grade(task, solved, { required: once, shapes: after.shapes });
  const required = passedOf(again.verdict);
  const common = {
    required,
    failed: after.verdict.tests.filter(({ status }) => status === "failed").length + once.length - required.length,
    failure: after.verdict.passed ? null : failureOf(after.verdict),
    shapes: after.shapes,
    testsMs: after.testsMs,
  };
  if (required.length === 0) return { ...common, failing: [] };
  // Before it, tests may never end.
  const timeoutSeconds = timeLimitOf(common.testsMs, task.tests.timeoutSeconds);
  const before = await grade({ ...task, tests: { ...task.tests, timeoutSeconds } }, workspace, { required, shapes: after.shapes });
  const passedBefore = new Set(passedOf(before.verdict));
  return { ...common, failing: required.filter((name) => !passedBefore.has(name)) };
}
