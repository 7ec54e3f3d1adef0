import { posix } from "node:path";
import { UserError } from "../../core/errors.ts";
import type { FrozenMachine, FrozenRunEnd } from "../../core/sandbox.ts";
import type { SourceFile, StateGrading, Task } from "../../core/task.ts";
import type { Tampering, TestResult, Verdict, VerdictReason } from "../../core/verdict.ts";
import { readCtrf } from "../report/ctrf.ts";
import type { ReportedTest } from "../runner/run-report.ts";
import { readPytestSummary } from "./pytest-summary.ts";
import { ONLY, passes, type Reward, readReward } from "./reward.ts";

/** What is graded: the frozen machine of a task. */
export type StateRequest = { readonly task: Task; readonly machine: FrozenMachine; readonly signal: AbortSignal };

/** A verdict on the state of a machine; `hasReward` tells whether its tests said anything, which they must do on the untouched machine, too. */
export type GradedState = { readonly verdict: Verdict; readonly hasReward: boolean };

/** Where tests write their results. */
const RESULTS = "/logs/verifier";
const REPORT = "ctrf.json";
const ROOT = "root";

/**
 * Runs the tests of a task in a new machine that is made of a frozen one, with the tests and an empty folder for their results laid in from outside, and reads what they wrote.
 *
 * Whatever is in the machine is a verdict. Throws InfraError when the engine fails, UserError when the task's own files are at fault, and the signal's reason.
 */
export async function gradeState({ task, machine, signal }: StateRequest): Promise<GradedState> {
  const started = performance.now();
  const state = requireState(task);
  const tests = await task.files.tests();
  const script = posix.join(state.tests.folder, state.tests.path);
  const end = await machine.run(
    {
      lay: [{ folder: state.tests.folder, files: runnable(tests, state.tests.path) }],
      collect: RESULTS,
      command: commandOf(tests, state.tests.path, script),
      user: state.tests.user ?? ROOT,
      workdir: task.machine?.workdir ?? null,
      env: state.tests.env,
      timeoutMs: task.tests.timeoutSeconds * 1000,
      limits: task.sandbox,
    },
    signal,
  );
  const judged = judgeState(state, end);
  const verdict = {
    ...judged.verdict,
    tampering: changedPrograms(machine),
    isolation: "state" as const,
    heldBack: [],
    log: logOf(machine, end, judged.problem),
    durationMs: performance.now() - started,
  };
  return { verdict, hasReward: judged.hasReward };
}

function requireState({ id, state }: Task): StateGrading {
  if (state === undefined) throw new Error(`Cannot grade the state of task "${id}": its files are graded; this is a bug`);
  return state;
}

// A script that names no interpreter is one for bash.
function commandOf(tests: readonly SourceFile[], path: string, script: string): readonly string[] {
  const file = tests.find((one) => one.path === path);
  if (file === undefined) throw new UserError(`Cannot grade the task: there is no "${path}" among its tests; add it`);
  const hasInterpreter = Buffer.from(file.bytes.subarray(0, 2)).toString() === "#!";
  return hasInterpreter ? [script] : ["bash", script];
}

function runnable(tests: readonly SourceFile[], path: string): readonly SourceFile[] {
  return tests.map((file) => (file.path === path ? { ...file, executable: true } : file));
}

type Judged = {
  readonly verdict: Omit<Verdict, "tampering" | "isolation" | "heldBack" | "log" | "durationMs">;
  readonly problem: string | null;
  readonly hasReward: boolean;
};

/**
 * Judges how the tests of a state ended and what they wrote.
 *
 * @internal
 */
export function judgeState(state: StateGrading, end: FrozenRunEnd): Judged {
  const reward = state.result === "reward" ? readReward(end.files) : readSummary(end);
  const report = end.files.find(({ path }) => path === REPORT);
  const listed = state.result === "reward" ? report && readCtrf(report.bytes) : readPytestSummary(end.log);
  const cutShort = reasonOfEnd(end);
  const isGiven = reward.kind === "given" && cutShort === null;
  const passed = isGiven && passes(reward.rewards, state.passAt);
  const tests = listed ? listed.map(resultOf) : rewardTests(reward, state.passAt);
  return {
    verdict: {
      passed,
      reason: passed ? "all-passed" : (cutShort ?? (reward.kind === "given" ? "tests-failed" : "no-report")),
      testsPassed: tests.filter(({ status }) => status === "passed").length,
      testsTotal: tests.length,
      tests,
      ...(isGiven ? { rewards: reward.rewards } : {}),
    },
    problem: problemOf(end) ?? (reward.kind === "given" ? null : reward.problem),
    hasReward: isGiven,
  };
}

function reasonOfEnd({ exit }: FrozenRunEnd): VerdictReason | null {
  if (exit.kind === "timed-out") return "test-timeout";
  if (exit.kind === "out-of-memory") return "out-of-memory";
  return exit.kind === "not-started" || exit.kind === "full" ? "no-report" : null;
}

function problemOf({ exit }: FrozenRunEnd): string | null {
  if (exit.kind === "not-started") return `the tests could not be started in this machine: ${exit.reason}`;
  return exit.kind === "full" ? "the tests were ended: more was written than the machine may hold" : null;
}

// pytest's status is that of the script, whose last command it is.
function readSummary({ exit, log }: FrozenRunEnd): Reward {
  const tests = readPytestSummary(log);
  // What keeps pytest from being started, such as code that does not compile, is a failure where the script says so by its status.
  if (tests === null && exit.kind === "exited" && exit.code !== 0) return { kind: "given", rewards: { [ONLY]: 0 } };
  if (tests === null) return { kind: "none", problem: "the tests printed no summary of pytest" };
  const isPassed = exit.kind === "exited" && exit.code === 0 && tests.every(({ status }) => status !== "failed") && tests.some(isPass);
  return { kind: "given", rewards: { [ONLY]: isPassed ? 1 : 0 } };
}

function isPass({ status }: ReportedTest): boolean {
  return status === "passed";
}

function resultOf({ name, status, message, durationMs }: ReportedTest): TestResult {
  return { name, status, message, durationMs };
}

function rewardTests(reward: Reward, passAt: number): readonly TestResult[] {
  if (reward.kind !== "given") return [];
  return Object.entries(reward.rewards).map(([name, value]) => ({
    name,
    status: value >= passAt ? "passed" : "failed",
    message: value >= passAt ? null : `${value}, which is less than ${passAt}`,
    durationMs: null,
  }));
}

function changedPrograms({ changedPrograms: changed }: FrozenMachine): readonly Tampering[] {
  return changed.map((path) => ({ kind: "attempt", evidence: `${path} of the image was changed in the machine` }));
}

function logOf({ ended }: FrozenMachine, { log }: FrozenRunEnd, problem: string | null): string {
  const before = ended.length === 0 ? "" : `[ended before the tests: ${ended.join("; ")}]\n`;
  return `${before}${log}${problem === null ? "" : `\n[${problem}]`}`;
}
