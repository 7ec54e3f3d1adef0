import type { SourceFile, Task } from "../core/task.ts";
import type { GradedRepeats, Soundness, Verdict } from "../core/verdict.ts";
import { overlay } from "../grade/submission.ts";

/** Grades a solution; with `required` null, every test that ran is required. */
export type GradeOnce = (task: Task, submitted: readonly SourceFile[], required: readonly string[] | null) => Promise<Verdict>;

/**
 * Checks that a task measures what it claims to: its reference solution passes, the untouched workspace and every wrong solution fail, and repeats agree.
 */
export async function checkTask(task: Task, options: { readonly repeats: number; readonly grade: GradeOnce }): Promise<Soundness> {
  const workspace = await task.files.workspace();
  const reference = await task.files.reference();
  const unsound = { taskId: task.id, tests: 0, reference: null, untouched: null, wrong: [] };
  if (reference === null)
    return { ...unsound, problem: "it has no reference solution, so nothing shows that its tests can be passed; add solution/" };

  const first = await options.grade(task, overlay(workspace, reference), task.tests.required);
  const required = task.tests.required ?? first.tests.filter((one) => one.status === "passed").map((one) => one.name);
  if (!first.passed)
    return {
      ...unsound,
      tests: first.testsTotal,
      reference: { name: "reference", passed: 0, repeats: 1 },
      problem: referenceProblem(first),
    };

  const again = async (name: string, files: readonly SourceFile[], repeats: number): Promise<GradedRepeats> => {
    const verdicts = [];
    for (let repeat = 0; repeat < repeats; repeat++) verdicts.push(await options.grade(task, files, required));
    return { name, passed: verdicts.filter((verdict) => verdict.passed).length, repeats };
  };
  const rest = await again("reference", overlay(workspace, reference), options.repeats - 1);
  const untouched = await again("untouched workspace", workspace, options.repeats);
  const wrong: GradedRepeats[] = [];
  for (const solution of await task.files.wrong())
    wrong.push(await again(solution.name, overlay(workspace, solution.files), options.repeats));
  const whole = { name: "reference", passed: rest.passed + 1, repeats: options.repeats };
  return { taskId: task.id, tests: required.length, reference: whole, untouched, wrong, problem: problemOf(whole, [untouched, ...wrong]) };
}

function referenceProblem(verdict: Verdict): string {
  const failed = verdict.tests.find((one) => one.status !== "passed");
  const detail = failed
    ? `test "${failed.name}" ${failed.status}${failed.message ? `: ${failed.message.split("\n")[0]}` : ""}`
    : verdict.reason;
  return `its tests do not pass on its reference solution (${detail}); fix the solution or the tests`;
}

function problemOf(reference: GradedRepeats, mustFail: readonly GradedRepeats[]): string | null {
  if (reference.passed < reference.repeats)
    return `the reference passed only ${reference.passed} of ${reference.repeats} times; the tests are flaky`;
  const flaky = mustFail.find((tried) => tried.passed > 0 && tried.passed < tried.repeats);
  if (flaky) return `the ${flaky.name} passed ${flaky.passed} of ${flaky.repeats} times; the tests are flaky`;
  const accepted = mustFail.find((tried) => tried.passed > 0);
  return accepted ? `the tests accept "${accepted.name}", which must fail; add a test that rejects it` : null;
}
