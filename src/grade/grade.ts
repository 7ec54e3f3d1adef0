import { randomBytes } from "node:crypto";
import { InfraError, UserError } from "../core/errors.ts";
import { type CommandResult, type Sandbox, SandboxLost, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import { sandboxFor } from "../core/sandbox-for.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Expected, GradedIsolation, Shapes, Verdict } from "../core/verdict.ts";
import { type Evidence, type Judgement, judge } from "./judge.ts";
import type { RunReport } from "./runner/run-report.ts";
import { RUNNERS } from "./runner/runners.ts";
import { readSupervisor, type SupervisorReport, supervisorCommand } from "./runner/supervisor.ts";
import { ISOLATED_TESTS, isIsolated, PLAIN_TESTS, type RunnerInput, type TestRunner } from "./runner/test-runner.ts";
import { changesToTree, type Layout, layOut } from "./submission.ts";

const MAX_LOG_CHARACTERS = 64 * 1024;
const MEGABYTE = 1024 * 1024;
const PAGE_BYTES = 4096;

/** What is graded, and where. */
export type GradeRequest = {
  readonly task: Task;
  /** The submitted files, as they left the agent's sandbox. */
  readonly submitted: readonly SourceFile[];
  /** What the task expects; null requires every test that passes and refuses every one that fails, which only trusted solutions may be graded with. */
  readonly expected: Expected | null;
  readonly sandboxes: SandboxProvider;
  readonly signal: AbortSignal;
};

/** A verdict, with what the run told about the tests besides. */
export type Graded = {
  readonly verdict: Verdict;
  /** What crossed from the solution, by place; null for runners that do not tell. */
  readonly shapes: Shapes | null;
  /** Names of the tests that were skipped. */
  readonly skipped: readonly string[];
  /** How long the tests themselves took; null where none were run. */
  readonly testsMs: number | null;
};

/**
 * Grades a solution with the hidden tests in a fresh sandbox.
 *
 * Whatever the solution does to its sandbox is a verdict. Throws InfraError when the engine or the grading image is at fault,
 * UserError when the task's files are, and the signal's reason when it is aborted.
 */
export async function grade(request: GradeRequest): Promise<Verdict> {
  return (await gradeWithDetails(request)).verdict;
}

/** Grades a solution as `grade` does, and tells what its tests reported besides their results. */
export async function gradeWithDetails(request: GradeRequest): Promise<Graded> {
  const started = performance.now();
  const { task } = request;
  const [pristine, tests, reference] = await Promise.all([task.files.workspace(), task.files.tests(), task.files.reference()]);
  requireTestFiles(task, tests);
  const runner = RUNNERS[task.tests.runner];
  const layout = await layOut(task, { pristine, submitted: request.submitted, tests });
  const ownPaths = [...pristine, ...(reference ?? [])].map(({ path }) => path);
  const run = await runAll(request, { runner, layout, pristine, tests, ownPaths });
  const verdict = {
    ...run.judgement,
    isolation: run.isolation,
    heldBack: layout.heldBack,
    log: run.log,
    durationMs: performance.now() - started,
  };
  const skipped = (run.report?.tests ?? []).filter((test) => test.status === "skipped").map((test) => test.name);
  return { verdict, shapes: run.report?.shapes ?? null, skipped, testsMs: run.testsMs };
}

type Parts = {
  readonly runner: TestRunner;
  readonly layout: Layout;
  readonly pristine: readonly SourceFile[];
  readonly tests: readonly SourceFile[];
  readonly ownPaths: readonly string[];
};

type TestRun = {
  readonly judgement: Judgement;
  readonly report: RunReport | null;
  readonly isolation: GradedIsolation | null;
  readonly testsMs: number | null;
  readonly log: string;
};

async function runAll(request: GradeRequest, parts: Parts): Promise<TestRun> {
  const own = new Set(parts.tests);
  const isInImage = request.task.files.provide !== undefined;
  if (!isInImage && !parts.layout.workspace.some((file) => !own.has(file))) return notRun(request, "nothing-delivered", "");
  const { workspaceMb } = request.task.sandbox;
  const tree = request.task.files.tree?.();
  const { pristine, layout } = parts;
  const changes = tree === undefined ? layout.workspace : changesToTree(pristine, layout.workspace);
  if (!fits(changes, workspaceMb - (tree?.megabytes ?? 0))) {
    return notRun(request, "no-report", `the submitted files do not fit into a workspace of ${workspaceMb} MB`);
  }
  return runInSandbox(request, { ...parts, changes });
}

/** `changes` are what has to be laid where the workspace of the task is there already. */
type LaidParts = Parts & { readonly changes: readonly SourceFile[] };

async function runInSandbox(request: GradeRequest, parts: LaidParts): Promise<TestRun> {
  const { task, sandboxes, signal } = request;
  const sandbox = await sandboxes.open(sandboxFor(task, "grading"), signal);
  try {
    await sandbox.putFiles(WORKSPACE, sandbox.hasTree === true ? parts.changes : parts.layout.workspace);
    return await runTests(sandbox, request, parts);
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    // The solution ended the sandbox, so the verdict is failed.
    return notRun(request, error.reason === "out-of-memory" ? "out-of-memory" : "no-report", error.message);
  } finally {
    await sandbox.close();
  }
}

async function runTests(sandbox: Sandbox, request: GradeRequest, { runner, layout, pristine, tests, ownPaths }: Parts): Promise<TestRun> {
  const { task, expected } = request;
  const plan = task.tests;
  const isolated = isIsolated(plan);
  const plainRoot = plan.placement === "workspace" ? WORKSPACE : PLAIN_TESTS;
  const input: RunnerInput = {
    tests: plan,
    testFiles: tests,
    pristine,
    laid: layout.workspace,
    testsRoot: isolated ? ISOLATED_TESTS : plainRoot,
    ownPaths,
    shapes: expected?.shapes ?? null,
    canaries: isolated ? [] : Array.from({ length: runner.canaries }, () => `c${randomName()}`),
  };
  const token = randomName();
  const timeoutMs = plan.timeoutSeconds * 1000;
  const command = supervisorCommand({ token, isolation: plan.isolation, timeoutMs, testsRoot: input.testsRoot, plan: runner.plan(input) });
  const result = await sandbox.run(command, request.signal);
  const told = readSupervisor(result, token);
  if (!told.begun) return notBegun(request, result);
  const report = told.report === null ? null : runner.read(told.report.steps, input);
  const evidence = {
    cutShort: cutShort(result, told.report),
    report,
    required: expected?.required ?? (report === null ? [] : null),
    canaries: input.canaries,
  };
  const testsMs = told.report?.steps.reduce((sum, { durationMs }) => sum + durationMs, 0) ?? null;
  return { judgement: judge(evidence), report, isolation: isolationOf(task, told.report), testsMs, log: logOf(told.report) };
}

function cutShort({ exit }: CommandResult, report: SupervisorReport | null): Evidence["cutShort"] {
  if (exit.kind === "out-of-memory" || report?.outOfMemory === true) return "out-of-memory";
  if (exit.kind === "timed-out" || report?.steps.some((step) => step.exit.kind === "timed-out") === true) return "test-timeout";
  return null;
}

// Files of the solution take memory, so only they can have used it up this early. Nothing else of the solution was there yet.
function notBegun(request: GradeRequest, result: CommandResult): TestRun {
  const log = new TextDecoder().decode(result.head).trim();
  if (result.exit.kind === "out-of-memory") return notRun(request, "out-of-memory", log);
  const { name } = request.sandboxes.image(request.task.image);
  const end = result.exit.kind === "exited" ? `with status ${result.exit.code}` : `(${result.exit.kind})`;
  throw new InfraError(
    "grader",
    `Cannot run the grading program in image "${name}": it ended ${end} before it began: ${log.slice(-300)}; build the sandbox image again`,
  );
}

function notRun({ expected }: GradeRequest, reason: "nothing-delivered" | "no-report" | "out-of-memory", log: string): TestRun {
  const judgement = judge({ cutShort: null, report: null, required: expected?.required ?? [], canaries: [] });
  return { judgement: { ...judgement, reason }, report: null, isolation: null, testsMs: null, log };
}

function isolationOf({ tests }: Task, report: SupervisorReport | null): GradedIsolation | null {
  if (!isIsolated(tests)) return "none";
  if (report === null) return null;
  return report.users === "two" ? "process" : "process-one-user";
}

function logOf(report: SupervisorReport | null): string {
  const whole = (report?.steps ?? []).map(({ log }) => log).join("");
  if (whole.length <= MAX_LOG_CHARACTERS) return whole;
  const half = MAX_LOG_CHARACTERS / 2;
  return `${whole.slice(0, half)}\n[... ${whole.length - MAX_LOG_CHARACTERS} characters left out ...]\n${whole.slice(-half)}`;
}

/** Tells whether files fit into a folder in memory, where each takes whole pages. What they share the folder with while tests run is their own matter. */
function fits(files: readonly SourceFile[], megabytes: number): boolean {
  const pages = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / PAGE_BYTES), 0);
  return pages * PAGE_BYTES < megabytes * MEGABYTE;
}

function requireTestFiles(task: Task, tests: readonly SourceFile[]): void {
  const present = new Set(tests.map((file) => file.path));
  const absent = task.tests.files.find((file) => !present.has(file));
  if (absent !== undefined) {
    throw new UserError(
      `Cannot grade task "${task.id}": there is no test file "${absent}"; add it to the tests folder or correct its name`,
    );
  }
  if (task.tests.files.length === 0) {
    throw new UserError(`Cannot grade task "${task.id}": it names no test file; name at least one`);
  }
}

// A name that no solution can guess.
function randomName(): string {
  return randomBytes(10).toString("hex");
}
