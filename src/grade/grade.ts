import { InfraError, UserError } from "../core/errors.ts";
import { type CommandResult, type Sandbox, SandboxLost, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type Judgement, judge } from "./judge.ts";
import type { RunReport } from "./runner/run-report.ts";
import { RUNNERS } from "./runner/runners.ts";
import { type GradingPlan, randomName, type TestRunner } from "./runner/test-runner.ts";
import { type Layout, layOut } from "./submission.ts";

const MAX_LOG_BYTES = 64 * 1024;
// A thousand tests with the longest messages have a quarter of that; parsing it takes a tenth of a second.
const MAX_REPORT_BYTES = 8 * 1024 * 1024;

/** What is graded, and where. */
export type GradeRequest = {
  readonly task: Task;
  /** The submitted files, as they left the agent's sandbox. */
  readonly submitted: readonly SourceFile[];
  /** Names of the tests that must all pass; null requires every test that ran, which only trusted solutions may be graded with. */
  readonly required: readonly string[] | null;
  readonly sandboxes: SandboxProvider;
  readonly signal: AbortSignal;
};

/**
 * Grades a solution with the hidden tests in a fresh sandbox.
 *
 * Whatever the solution does to its sandbox is a verdict. Throws InfraError when the engine or the grading image is at fault,
 * UserError when the task's files are, and the signal's reason when it is aborted.
 */
export async function grade(request: GradeRequest): Promise<Verdict> {
  const started = performance.now();
  const { task } = request;
  const [pristine, tests] = await Promise.all([task.files.workspace(), task.files.tests()]);
  requireTestFiles(task, tests);
  const layout = await layOut(task, { pristine, submitted: request.submitted, tests });
  const own = new Set(tests);
  const hasSomething = layout.workspace.some((file) => !own.has(file));
  const { judgement, log } = hasSomething ? await gradeInSandbox(request, layout, tests) : nothingDelivered(request.required);
  return { ...judgement, isolation: null, heldBack: [], log, durationMs: performance.now() - started };
}

type Graded = { readonly judgement: Judgement; readonly log: string };

// Names in one grading sandbox that the solution must not be able to guess.
type SecretNames = {
  readonly testsRoot: string;
  readonly reportDir: string;
  readonly report: string;
  readonly canaries: readonly string[];
};

async function gradeInSandbox(request: GradeRequest, layout: Layout, tests: readonly SourceFile[]): Promise<Graded> {
  const { task, sandboxes, signal } = request;
  const runner = RUNNERS[task.tests.runner];
  if (runner === undefined)
    throw new UserError(`Cannot grade task "${task.id}": there is no runner "${task.tests.runner}" yet; use another`);
  const names = drawNames(task, runner);
  const sandbox = await sandboxes.open({ image: task.image, limits: task.sandbox, purpose: "grading" }, signal);
  try {
    await sandbox.putFiles(WORKSPACE, layout.workspace);
    if (task.tests.placement === "outside") await sandbox.putFiles(names.testsRoot, tests);
    const result = await runTests(sandbox, runner, { request, layout, names });
    const report = await readReport(sandbox, runner, names);
    if (report === null) requireStarted(result, runner, sandboxes.image(task.image).name);
    const judgement = judge({ exit: result.exit, report, required: request.required, canaries: names.canaries });
    return { judgement, log: logOf(result) };
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    return lost(request.required, error);
  } finally {
    await sandbox.close();
  }
}

function drawNames(task: Task, runner: TestRunner): SecretNames {
  const testsRoot = task.tests.placement === "workspace" ? WORKSPACE : `/tmp/${randomName()}`;
  const reportDir = `/tmp/${randomName()}`;
  return { testsRoot, reportDir, report: `${reportDir}/${randomName()}.json`, canaries: runner.drawCanaries() };
}

type TestRun = { readonly request: GradeRequest; readonly layout: Layout; readonly names: SecretNames };

function runTests(sandbox: Sandbox, runner: TestRunner, { request, layout, names }: TestRun): Promise<CommandResult> {
  const { tests } = request.task;
  const plan: GradingPlan = {
    runner: tests.runner,
    workspace: WORKSPACE,
    testsRoot: names.testsRoot,
    files: tests.files,
    report: names.report,
    timeoutSeconds: tests.timeoutSeconds,
    canaries: names.canaries,
    ownModules: layout.ownModules,
    ...runner.options(tests),
  };
  const command = {
    command: runner.command,
    cwd: "/",
    env: {},
    timeoutMs: tests.timeoutSeconds * 1000 + runner.graceMs,
    maxOutputBytes: MAX_LOG_BYTES,
    stdin: new TextEncoder().encode(JSON.stringify(plan)),
  };
  return sandbox.run(command, request.signal);
}

async function readReport(sandbox: Sandbox, runner: TestRunner, names: SecretNames): Promise<RunReport | null> {
  const read = await sandbox.readFile({ path: names.report, root: names.reportDir }, MAX_REPORT_BYTES);
  return read.kind === "read" ? runner.parseReport(read.bytes) : null;
}

function requireStarted(result: CommandResult, { notStartedStatuses }: TestRunner, image: string): void {
  if (result.exit.kind !== "exited" || !notStartedStatuses.includes(result.exit.code)) return;
  throw new InfraError(
    "grader",
    `Cannot run the grading program in image "${image}": it ended with status ${result.exit.code} (${logOf(result).trim().slice(-200)}); build the sandbox image again`,
  );
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

function nothingDelivered(required: GradeRequest["required"]): Graded {
  const judgement = judge({ exit: { kind: "exited", code: 1 }, report: null, required, canaries: [] });
  return { judgement: { ...judgement, reason: "nothing-delivered" }, log: "" };
}

// The solution ended the sandbox, so the verdict is failed.
function lost(required: GradeRequest["required"], error: SandboxLost): Graded {
  const judgement = judge({ exit: { kind: "signalled", signal: "SIGKILL" }, report: null, required, canaries: [] });
  const reason = error.reason === "out-of-memory" ? "out-of-memory" : "no-report";
  return { judgement: { ...judgement, reason }, log: error.message };
}

function logOf(result: CommandResult): string {
  const decoder = new TextDecoder();
  const head = decoder.decode(result.head);
  if (result.omittedBytes === 0) return head + decoder.decode(result.tail);
  return `${head}\n[... ${result.omittedBytes} bytes left out ...]\n${decoder.decode(result.tail)}`;
}
