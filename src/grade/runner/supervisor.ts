import type { CommandRequest, CommandResult } from "../../core/sandbox.ts";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { Isolation } from "../../core/task.ts";
import type { StepExit, StepResult } from "./step.ts";
import type { RunnerPlan } from "./test-runner.ts";

/** What the supervisor is given. */
export type Supervision = {
  /** Proves that what is printed comes from the supervisor; unknown to everything else in the sandbox. */
  readonly token: string;
  readonly isolation: Isolation;
  readonly timeoutMs: number;
  readonly testsRoot: string;
  readonly plan: RunnerPlan;
};

/** What the supervisor told. `report` is null when it told nothing readable after it had begun, which only the solution can have caused. */
export type Supervised = { readonly begun: false } | { readonly begun: true; readonly report: SupervisorReport | null };

/** What the supervisor saw of a whole run. */
export type SupervisorReport = { readonly users: "two" | "one"; readonly outOfMemory: boolean; readonly steps: readonly StepResult[] };

// Starting, ending and reading what was left, on top of the time limit of the tests.
const GRACE_MS = 25_000;
const MAX_REPORT_BYTES = 8 * 1024 * 1024;
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const COMMAND = ["/usr/bin/python3", "-I", "-S", "/opt/bench/grading/supervise.py"];

/** Describes the command that runs the supervisor: its plan is a line of JSON on standard input, followed by the bytes of all files. */
export function supervisorCommand({ token, isolation, timeoutMs, testsRoot, plan }: Supervision): CommandRequest {
  const header = {
    token,
    workspace: WORKSPACE,
    isolation,
    timeoutMs,
    testsRoot,
    files: plan.files.map(({ path, bytes, executable }) => ({ path, size: bytes.length, executable })),
    steps: plan.steps,
    maxReportBytes: MAX_REPORT_BYTES,
  };
  return {
    command: COMMAND,
    cwd: "/",
    env: {},
    timeoutMs: timeoutMs + GRACE_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stdin: Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...plan.files.map(({ bytes }) => bytes)]),
  };
}

/** Reads what the supervisor printed: the token once it had set everything up, and its report at the end. */
export function readSupervisor(result: CommandResult, token: string): Supervised {
  const output = Buffer.from(result.head);
  const begin = Buffer.from(`${token}\n`);
  if (!output.subarray(0, begin.length).equals(begin)) return { begun: false };
  return { begun: true, report: result.omittedBytes > 0 ? null : parseReport(output.subarray(begin.length), token) };
}

function parseReport(bytes: Buffer, token: string): SupervisorReport | null {
  const value = parseJson(bytes);
  if (!isRecord(value) || value["token"] !== token) return null;
  const { users, outOfMemory, steps } = value;
  if ((users !== "two" && users !== "one") || typeof outOfMemory !== "boolean" || !Array.isArray(steps)) return null;
  const parsed = steps.map(parseStep);
  return parsed.includes(null) ? null : { users, outOfMemory, steps: parsed.filter((step) => step !== null) };
}

function parseStep(value: unknown): StepResult | null {
  if (!isRecord(value)) return null;
  const exit = parseExit(value["exit"]);
  const { durationMs, events, strays, reports, log } = value;
  if (exit === null || typeof durationMs !== "number" || typeof strays !== "number" || typeof log !== "string") return null;
  if (!Array.isArray(events) || !Array.isArray(reports)) return null;
  return { exit, durationMs, strays, log, events: events.filter(isRecord), reports: reports.filter(isRecord).map(parseFile) };
}

function parseExit(value: unknown): StepExit | null {
  if (!isRecord(value)) return null;
  if (value["kind"] === "timed-out") return { kind: "timed-out" };
  if (value["kind"] === "exited" && typeof value["code"] === "number") return { kind: "exited", code: value["code"] };
  if (value["kind"] === "signalled" && typeof value["signal"] === "string") return { kind: "signalled", signal: value["signal"] };
  return null;
}

function parseFile(value: Readonly<Record<string, unknown>>): { readonly path: string; readonly bytes: Uint8Array } {
  return { path: String(value["path"]), bytes: Buffer.from(String(value["base64"]), "base64") };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
