import { heldBackText, lostFiles } from "../../core/held-back.ts";
import { clipped, withoutColours } from "../../core/printable.ts";
import type { Task } from "../../core/task.ts";
import type { HeldBack, TestResult, Verdict } from "../../core/verdict.ts";
import type { Graded } from "../../grade/grade.ts";
import { DIRECT_CALL_HINT } from "../../grade/runner/exit-status.ts";
import type { FoundAnswers } from "./answer-history.ts";

/** All that was tried on a task. `twins` are wrong solutions that are no solutions of their own. */
export type Tried = {
  readonly task: Task;
  readonly required: readonly string[];
  readonly reference: readonly Graded[];
  readonly untouched: readonly Graded[];
  readonly wrong: { readonly name: string; readonly gradings: readonly Graded[] }[];
  readonly twins: { readonly name: string; readonly of: "reference" | "untouched workspace" }[];
  readonly answers: FoundAnswers;
  /** Files of the reference that the task's rule does not let out of an agent's sandbox. */
  readonly unnamed: readonly HeldBack[];
};

const UNTOUCHED = "untouched workspace";
const SHOWN_NAMES = 3;
const MAX_NAME = 120;
const MAX_MESSAGE = 300;
const OUTPUT_LINES = 15;
const MAX_OUTPUT = 2_000;
/** Why nothing passed where no test is to blame. */
const REASONS: Readonly<Record<Verdict["reason"], string>> = {
  "all-passed": "they passed",
  "tests-failed": "no test ran",
  "test-timeout": "time ran out",
  "out-of-memory": "memory ran out",
  "no-report": "the run ended before its end",
  "nothing-delivered": "none of its files may be submitted: see deliver",
  tampered: "they look tampered with",
};
const DRAFT = 'its prompt is a draft of an import; rewrite it, then remove "draft: true" from task.yaml';
const ASYNC_ADVICE = "write it with asyncio.run(...), or with a plugin that the image has";

/** Says why a reference solution does not pass, naming the tests and what to do; `passesTogether` tells whether it does without isolation. */
export function referenceProblems(task: Task, { verdict }: Graded, passesTogether = false): readonly string[] {
  const failed = verdict.tests.filter((one) => one.status === "failed" || one.status === "skipped");
  const missing = verdict.tests.filter((one) => one.status === "missing").map((one) => one.name);
  const ran = verdict.tests.filter((one) => one.status === "extra" || one.status === "passed").map((one) => one.name);
  const direct = failed.filter((one) => one.message?.includes(DIRECT_CALL_HINT)).map((one) => one.name);
  if (direct.length > 0) return [`${tests(direct)} ${direct.length === 1 ? "opens" : "open"} files of the workspace: ${DIRECT_CALL_HINT}`];
  const limit = `${task.tests.timeoutSeconds} s`;
  if (verdict.reason === "test-timeout")
    return [`its tests took longer than their ${limit} on its reference solution; raise tests.timeout_seconds, or make them faster`];
  if (failed.length === 0 && missing.length > 0 && ran.length > 0)
    return [`required ${tests(missing)} did not run on the reference; correct tests.required: what ran is ${names(ran)}`];
  const [first] = failed;
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : "";
  const detail = first === undefined ? REASONS[verdict.reason] : `test ${failure(first)}${more}`;
  const remedy = passesTogether
    ? 'they do with "isolation: none" under tests in task.yaml: write that, or change what needs the solution in the tests\' process'
    : "fix the solution or the tests";
  return [`its tests do not pass on its reference solution (${detail}); ${remedy}`];
}

/** Says what keeps a task from measuring what it claims to; each line names what and what to do. */
export function problemsOf(tried: Tried): readonly string[] {
  const { reference, untouched, wrong } = tried;
  const mustFail = [{ name: UNTOUCHED, gradings: untouched }, ...wrong];
  const passes = (gradings: readonly Graded[]) => gradings.filter(({ verdict }) => verdict.passed).length;
  const flaky = mustFail.filter(({ gradings }) => passes(gradings) > 0 && passes(gradings) < gradings.length);
  const accepted = mustFail.filter(({ gradings }) => gradings.length > 0 && passes(gradings) === gradings.length);
  return [
    ...changingNames(reference),
    ...(passes(reference) < reference.length && changingNames(reference).length === 0 ? [flakyReference(reference)] : []),
    ...flaky.map(
      ({ name, gradings }) => `the ${quotedUnlessOurs(name)} passed ${passes(gradings)} of ${gradings.length} times; the tests are flaky`,
    ),
    ...accepted.map(
      ({ name }) =>
        `the tests accept "${shown(name)}", which must fail; add a test that rejects it${name === UNTOUCHED ? ", or leave the task out" : ""}`,
    ),
    ...tried.twins
      .filter(({ of }) => of === "reference")
      .map(({ name }) => `wrong solution "${shown(name)}" is the reference; change or remove it`),
    ...unawaited(reference),
    ...passingEarly(tried),
    ...tried.answers.problems,
  ];
}

// What a list of failing tests claims of the untouched workspace.
function passingEarly({ task: { failing = [] }, untouched }: Tried): readonly string[] {
  const early = failing.filter((name) => untouched.length > 0 && passesAll(name, untouched));
  if (early.length === 0) return [];
  return [
    `${tests(early)} should fail before the task is solved, and the untouched workspace passes ${early.length === 1 ? "it" : "them"}; correct the list or the image`,
  ];
}

/** Says what an author should know about a task that measures what it claims to. */
export function remarksOf({ task, required, reference, untouched, wrong, twins, unnamed, answers }: Tried): readonly string[] {
  const [first] = reference;
  const waiting = new Set(first === undefined ? [] : asyncNames(first));
  const skipped = (first?.skipped ?? []).filter((name) => !waiting.has(name));
  const weak = required.filter((name) =>
    [untouched, ...wrong.map(({ gradings }) => gradings)].every((gradings) => passesAll(name, gradings)),
  );
  const unlisted = (first?.verdict.tests ?? []).filter((one) => one.status === "failed").map((one) => one.name);
  const slowestMs = Math.max(...reference.map(({ testsMs }) => testsMs ?? 0));
  const limitMs = task.tests.timeoutSeconds * 1000;
  return [
    ...(first === undefined ? [] : heldBackRemarks(first, unnamed)),
    ...(skipped.length > 0
      ? [
          `${tests(skipped)} ${skipped.length === 1 ? "is" : "are"} skipped on the reference and decide${skipped.length === 1 ? "s" : ""} nothing`,
        ]
      : []),
    ...(unlisted.length > 0
      ? [
          `${tests(unlisted)} failed on the reference and decide${unlisted.length === 1 ? "s" : ""} nothing, since tests.required does not name ${unlisted.length === 1 ? "it" : "them"}`,
        ]
      : []),
    ...(weak.length > 0 && weak.length < required.length && task.failing === undefined
      ? [weakTests(weak, { required: required.length, wrong: wrong.length })]
      : []),
    ...twins
      .filter(({ of }) => of === "untouched workspace")
      .map(({ name }) => `wrong solution "${shown(name)}" is the untouched workspace, so it shows nothing new; change or remove it`),
    ...(slowestMs > limitMs / 2
      ? [
          `the tests took ${(slowestMs / 1000).toFixed(1)} s of their ${limitMs / 1000} s on the reference; raise tests.timeout_seconds, or slower machines will fail it`,
        ]
      : []),
    ...answers.remarks,
    ...(task.isDraft ? [DRAFT] : []),
  ];
}

/** Names the files of a reference solution that an agent could not hand in: the rule does not name them, or they are held back. */
export function heldBackRemarks({ verdict }: Graded, unnamed: readonly HeldBack[]): readonly string[] {
  return [unnamed, lostFiles(verdict.heldBack)]
    .filter((files) => files.length > 0)
    .map((files) => `files of the reference are not graded: ${heldBackText(files, SHOWN_NAMES)}`);
}

/**
 * Cuts what the tests printed to the end of what belongs to the first that failed, without colours; to its last lines where that cannot be told. Tests of ours, which
 * must fail, are left out. Null where nothing was printed.
 */
export function outputOf({ log, tests: results }: Pick<Verdict, "log" | "tests">): string | null {
  const lines = withoutColours(log).split("\n");
  const failed = results.find(({ status }) => status === "failed")?.name;
  const own = (failed === undefined ? null : sectionOf(failed, lines)) ?? lines.filter((line) => !CANARY.test(line));
  const text = own.join("\n").trimEnd().slice(-MAX_OUTPUT).split("\n").slice(-OUTPUT_LINES).join("\n");
  return text.trim() === "" ? null : text;
}

const CANARY = /\bc[0-9a-f]{20}\b/;
const PYTEST_HEAD = /^_{3,} .{1,300} _{3,}$/;

// pytest prints a section for each failure, below its name between underscores.
function sectionOf(name: string, lines: readonly string[]): readonly string[] | null {
  const short = name.slice(name.indexOf("::") + 2).replaceAll("::", ".");
  const start = lines.findIndex((line) => PYTEST_HEAD.test(line) && line.slice(line.indexOf(" ") + 1, line.lastIndexOf(" ")) === short);
  if (start === -1) return null;
  const length = lines.slice(start + 1).findIndex((line) => PYTEST_HEAD.test(line) || line.startsWith("======"));
  return lines.slice(start, length === -1 ? undefined : start + 1 + length);
}

// Names that one grading of the reference reported and another did not.
function changingNames(reference: readonly Graded[]): readonly string[] {
  const sets = reference.map(reportedNames);
  const [first] = sets;
  for (const other of sets.slice(1)) {
    if (first === undefined || first.size === 0 || first.size !== other.size) continue;
    const gone = [...first].find((name) => !other.has(name));
    const come = [...other].find((name) => !first.has(name));
    if (gone !== undefined && come !== undefined)
      return [
        `names of tests change: "${shown(gone)}" was "${shown(come)}" in another grading of the reference; give parameters ids that stay the same`,
      ];
  }
  return [];
}

function reportedNames({ verdict }: Graded): ReadonlySet<string> {
  return new Set(verdict.tests.filter((one) => one.status !== "missing").map((one) => one.name));
}

function flakyReference(reference: readonly Graded[]): string {
  const failures = reference.filter(({ verdict }) => !verdict.passed);
  const failed = failures.flatMap(({ verdict }) => verdict.tests.filter((one) => one.status === "failed" || one.status === "missing"));
  const [first] = failed;
  const detail = first === undefined ? (failures[0]?.verdict.reason ?? "") : `test ${failure(first)}`;
  return `the reference passed only ${reference.length - failures.length} of ${reference.length} times (${detail}); the tests are flaky`;
}

function unawaited([first]: readonly Graded[]): readonly string[] {
  const found = first === undefined ? [] : asyncNames(first);
  return found.length === 0 ? [] : [`async ${tests(found)} ${found.length === 1 ? "is" : "are"} not run; ${ASYNC_ADVICE}`];
}

// pytest skips a coroutine that no plugin runs, and unittest calls it without waiting for it: both say so in the run.
function asyncNames({ verdict }: Graded): readonly string[] {
  const skipped = verdict.tests.filter((one) => /\basync def function/.test(one.message ?? "")).map((one) => one.name);
  const dropped = [...verdict.log.matchAll(/coroutine '([^'\n]{0,200}test[^'\n]{0,200})' was never awaited/g)].map(
    (match) => match[1] ?? "",
  );
  return [...new Set([...skipped, ...dropped])];
}

function passesAll(name: string, gradings: readonly Graded[]): boolean {
  return gradings.every(({ verdict }) => verdict.tests.some((one) => one.name === name && one.status === "passed"));
}

function weakTests(weak: readonly string[], of: { readonly required: number; readonly wrong: number }): string {
  const tried = of.wrong === 0 ? "the untouched workspace passes" : "the untouched workspace and every wrong solution pass";
  return `${weak.length} of ${of.required} tests tell nothing apart, ${tried} ${weak.length === 1 ? "it" : "them"}: ${names(weak)}`;
}

function tests(of: readonly string[]): string {
  return `${of.length === 1 ? "test" : "tests"} ${names(of)}`;
}

function names(of: readonly string[]): string {
  const more = of.length > SHOWN_NAMES ? ` and ${of.length - SHOWN_NAMES} more` : "";
  return (
    of
      .slice(0, SHOWN_NAMES)
      .map((name) => `"${shown(name)}"`)
      .join(", ") + more
  );
}

function failure({ name, status, message }: TestResult): string {
  return `"${shown(name)}" ${status}${message ? `: ${clipped(message.split("\n")[0] ?? "", MAX_MESSAGE)}` : ""}`;
}

function quotedUnlessOurs(name: string): string {
  return name === UNTOUCHED ? name : `wrong solution "${shown(name)}"`;
}

function shown(name: string): string {
  return clipped(name, MAX_NAME);
}
