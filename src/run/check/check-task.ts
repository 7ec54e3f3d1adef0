import { counted } from "../../core/format.ts";
import { compileRule, isAllowed } from "../../core/glob.ts";
import { UNNAMED } from "../../core/held-back.ts";
import { printable } from "../../core/printable.ts";
import type { SourceFile, Task } from "../../core/task.ts";
import type { Expected, GradedRepeats, HeldBack, Soundness } from "../../core/verdict.ts";
import type { Graded } from "../../grade/grade.ts";
import { isSameFile, overlay } from "../../grade/submission.ts";
import { SUBMISSION_BOUNDS } from "../grading.ts";
import type { FoundAnswers } from "./answer-history.ts";
import { heldBackRemarks, outputOf, problemsOf, referenceProblems, remarksOf, type Tried } from "./findings.ts";

/** Grades a solution; with `expected` null, every test that passes is required and none may fail. */
type GradeOnce = (task: Task, submitted: readonly SourceFile[], expected: Expected | null) => Promise<Graded>;

/** How a task is checked: how often each solution is graded, and how. */
export type CheckOptions = {
  readonly repeats: number;
  readonly grade: GradeOnce;
  /** Finds files of the solution or the hidden tests in the git history that the task's workspace brings along; says in words where. */
  readonly findAnswers: (task: Task, hidden: readonly SourceFile[]) => Promise<FoundAnswers>;
};

/**
 * Checks that a task measures what it claims to: its reference solution passes, the untouched workspace and every wrong solution fail, repeats agree, every test tells
 * something apart, and nothing that the agent gets holds the answer.
 */
export async function checkTask(task: Task, options: CheckOptions): Promise<Soundness> {
  const workspace = await task.files.workspace();
  const reference = await task.files.reference();
  const none = { taskId: task.id, tests: 0, isolation: null, reference: null, untouched: null, wrong: [], remarks: [], output: null };
  if (reference === null)
    return { ...none, problems: ["it has no reference solution, so nothing shows that its tests can be passed; add solution/"] };

  const bounds = [
    ...overBounds("reference solution", reference, task),
    ...(await task.files.wrong()).flatMap(({ name, files }) => overBounds(`wrong solution "${printable(name)}"`, files, task)),
  ];
  if (bounds.length > 0) return { ...none, problems: bounds };
  const solved = overlay(workspace, reference);
  const listed = task.tests.required;
  const first = await options.grade(task, solved, listed === null ? null : { required: listed, shapes: null });
  const { verdict } = first;
  if (!verdict.passed)
    return {
      ...none,
      tests: verdict.testsTotal,
      isolation: verdict.isolation,
      reference: { name: "reference", passed: 0, repeats: 1 },
      problems: referenceProblems(task, first, await passesTogether(task, solved, options)),
      remarks: heldBackRemarks(first, unnamedFiles(reference, task)),
      output: outputOf(verdict),
    };

  const required = listed ?? verdict.tests.filter((one) => one.status === "passed").map((one) => one.name);
  const expected = { required, shapes: first.shapes };
  const again = (files: readonly SourceFile[], repeats: number) => inRow(repeats, () => options.grade(task, files, expected));
  const tried: Tried = {
    task,
    required,
    reference: [first, ...(await again(solved, options.repeats - 1))],
    untouched: await again(workspace, options.repeats),
    wrong: [],
    twins: [],
    unnamed: unnamedFiles(reference, task),
    answers: await options.findAnswers(task, [...reference, ...(await task.files.tests())]),
  };
  for (const { name, files } of await task.files.wrong()) {
    const whole = overlay(workspace, files);
    if (isSame(whole, solved)) tried.twins.push({ name, of: "reference" });
    else if (isSame(whole, workspace)) tried.twins.push({ name, of: "untouched workspace" });
    else tried.wrong.push({ name, gradings: await again(whole, options.repeats) });
  }
  return {
    taskId: task.id,
    tests: required.length,
    isolation: verdict.isolation,
    reference: repeatsOf("reference", tried.reference),
    untouched: repeatsOf("untouched workspace", tried.untouched),
    wrong: tried.wrong.map(({ name, gradings }) => repeatsOf(name, gradings)),
    problems: problemsOf(tried),
    remarks: remarksOf(tried),
    output: tried.reference.map(failedOutput).find((each) => each !== null) ?? null,
  };
}

/** Grades a reference that does not pass with isolation once more without it, as what its tests do may need that. */
async function passesTogether(task: Task, solved: readonly SourceFile[], { grade }: CheckOptions): Promise<boolean> {
  const { tests } = task;
  if (tests.isolation === "none") return false;
  const expected = tests.required === null ? null : { required: tests.required, shapes: null };
  return (await grade({ ...task, tests: { ...tests, isolation: "none" } }, solved, expected)).verdict.passed;
}

async function inRow<Result>(times: number, work: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let time = 0; time < times; time++) results.push(await work());
  return results;
}

function repeatsOf(name: string, gradings: readonly Graded[]): GradedRepeats {
  return { name, passed: gradings.filter(({ verdict }) => verdict.passed).length, repeats: gradings.length };
}

function failedOutput({ verdict }: Graded): string | null {
  return verdict.passed ? null : outputOf(verdict);
}

function isSame(one: readonly SourceFile[], other: readonly SourceFile[]): boolean {
  const files = new Map(other.map((file) => [file.path, file]));
  return one.length === other.length && one.every((file) => files.has(file.path) && isSameFile(file, files.get(file.path)));
}

/** Says by which bound on submissions a solution could not be submitted as an agent's; empty when it could. */
function overBounds(what: string, solution: readonly SourceFile[], { deliver }: Task): readonly string[] {
  const rule = compileRule(deliver);
  const files = solution.filter(({ path }) => isAllowed(rule, path));
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const { maxFiles, maxBytes } = SUBMISSION_BOUNDS;
  const [has, most] =
    files.length > maxFiles
      ? [counted(files.length, "file"), maxFiles.toLocaleString("en")]
      : [`${Math.ceil(bytes / MEGABYTE)} MB`, `${maxBytes / MEGABYTE} MB`];
  if (files.length <= maxFiles && bytes <= maxBytes) return [];
  return [`its ${what} has ${has}; at most ${most} are submitted from an agent's sandbox; make it smaller`];
}

const MEGABYTE = 1024 * 1024;

/** Files of the reference that the rule of the task does not let out of an agent's sandbox. */
function unnamedFiles(reference: readonly SourceFile[], { deliver }: Task): readonly HeldBack[] {
  const rule = compileRule(deliver);
  return reference.filter(({ path }) => !isAllowed(rule, path)).map(({ path }) => ({ path, reason: UNNAMED }));
}
