import { randomBytes } from "node:crypto";
import { InfraError, UserError } from "../core/errors.ts";
import { type CommandResult, type Sandbox, SandboxLost, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type Judgement, judge } from "./judge.ts";
import { parseReport, type RunReport } from "./report.ts";
import { type Layout, layOut } from "./submission.ts";

const SUPERVISOR = ["/usr/bin/python3", "-I", "-S", "/opt/bench/runners/supervise.py"];
/** Exit statuses of an interpreter or shell that could not start the supervisor at all. */
const NOT_STARTED: readonly number[] = [2, 126, 127];
/** What the supervisor may take on top of the tests' own limit, to end what they left behind. */
const SUPERVISOR_GRACE_MS = 20_000;
const MAX_LOG_BYTES = 64 * 1024;
const MAX_REPORT_BYTES = 32 * 1024 * 1024;
/** Where code that nobody trusts shares a process with the tests, a guess must not pay; a program of its own cannot even see the names. */
const CANARIES = { pytest: 30, node: 30, "exit-status": 2 };

/** What is graded, and where. */
export type GradeRequest = {
  readonly task: Task;
  /** The files that left the agent's container. */
  readonly submitted: readonly SourceFile[];
  /** Names of the tests that must all pass; null asks for every test there is, which only trusted code may be graded with. */
  readonly required: readonly string[] | null;
  readonly sandboxes: SandboxProvider;
  readonly signal: AbortSignal;
};

/**
 * Grades a solution with the hidden tests in a fresh container.
 *
 * Whatever the solution does to its container is a verdict. Throws InfraError when the engine or the grading image is at fault,
 * UserError when the task's files are, and the signal's reason when it is aborted.
 */
export async function grade(request: GradeRequest): Promise<Verdict> {
  const started = performance.now();
  const { task } = request;
  const [pristine, tests] = await Promise.all([task.files.workspace(), task.files.tests()]);
  requireTestFiles(task, tests);
  const layout = layOut(task, { pristine, submitted: request.submitted, tests });
  const hasSomething = layout.workspace.some((file) => !tests.includes(file));
  const { judgement, log } = hasSomething ? await gradeInSandbox(request, layout, tests) : nothingDelivered(request.required);
  return { ...judgement, log, durationMs: performance.now() - started };
}

type Graded = { readonly judgement: Judgement; readonly log: string };

/** Where things are in one grading container; drawn anew each time. */
type Names = { readonly testsRoot: string; readonly reportDir: string; readonly report: string; readonly canaries: readonly string[] };

async function gradeInSandbox(request: GradeRequest, layout: Layout, tests: readonly SourceFile[]): Promise<Graded> {
  const { task, sandboxes, signal } = request;
  const names = drawNames(task);
  const sandbox = await sandboxes.open({ image: task.image, limits: task.sandbox, purpose: "grading" }, signal);
  try {
    await sandbox.putFiles(WORKSPACE, layout.workspace);
    if (task.tests.placement === "outside") await sandbox.putFiles(names.testsRoot, tests);
    const result = await runTests(sandbox, { request, layout, names });
    const report = await readReport(sandbox, names);
    requireStarted(result, report, sandboxes.image(task.image).name);
    const judgement = judge({ exit: result.exit, report, required: request.required, canaries: names.canaries });
    return { judgement, log: logOf(result) };
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    return lost(request.required, error);
  } finally {
    await sandbox.close();
  }
}

function drawNames(task: Task): Names {
  const testsRoot = task.tests.placement === "workspace" ? WORKSPACE : `/tmp/${hex()}`;
  const reportDir = `/tmp/${hex()}`;
  const canaries = Array.from({ length: CANARIES[task.tests.runner] }, () => `c${hex()}`);
  return { testsRoot, reportDir, report: `${reportDir}/${hex()}.json`, canaries };
}

function hex(): string {
  return randomBytes(10).toString("hex");
}

type TestRun = { readonly request: GradeRequest; readonly layout: Layout; readonly names: Names };

function runTests(sandbox: Sandbox, { request, layout, names }: TestRun): Promise<CommandResult> {
  const { runner, files, timeoutSeconds, jestGlobals, boundary } = request.task.tests;
  const plan = {
    runner,
    workspace: WORKSPACE,
    testsRoot: names.testsRoot,
    files,
    report: names.report,
    timeoutSeconds,
    jestGlobals,
    boundary,
    canaries: names.canaries,
    ownModules: layout.ownModules,
  };
  const command = {
    command: SUPERVISOR,
    cwd: "/",
    env: {},
    timeoutMs: timeoutSeconds * 1000 + SUPERVISOR_GRACE_MS,
    maxOutputBytes: MAX_LOG_BYTES,
    stdin: new TextEncoder().encode(JSON.stringify(plan)),
  };
  return sandbox.run(command, request.signal);
}

async function readReport(sandbox: Sandbox, names: Names): Promise<RunReport | null> {
  const read = await sandbox.readFile({ path: names.report, root: names.reportDir }, MAX_REPORT_BYTES);
  return read.kind === "read" ? parseReport(read.bytes) : null;
}

/** The supervisor ends with these only before it has started anything, so no solution can bring them about. */
function requireStarted(result: CommandResult, report: RunReport | null, image: string): void {
  if (report !== null || result.exit.kind !== "exited" || !NOT_STARTED.includes(result.exit.code)) return;
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

/** The container went away under the tests: its own doing, so a failed verdict. */
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
