import type { CommandExit, CommandResult } from "../../../core/sandbox.ts";
import type { ToolOutcome } from "./outcome.ts";
import type { ToolContext } from "./tool.ts";
import { byteLength, cleanOutput, fitOutput, trimEndOf } from "./truncate.ts";

// Keeps pagers, progress bars and colours out of the output.
const COMMAND_ENV = {
  PAGER: "cat",
  MANPAGER: "cat",
  LESS: "-R",
  PIP_PROGRESS_BAR: "off",
  TQDM_DISABLE: "1",
  CI: "1",
  TERM: "dumb",
} as const;

// What is stored of the output; far more than a model is shown.
const CAPTURE_BYTES = 1024 * 1024;

const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGSYS: 31,
};

/** A program to run for the model, with its own time limit in seconds. */
export type ProgramRun = {
  readonly command: string | readonly string[];
  readonly stdin?: Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
};

/** Runs a program in the workspace, for no longer than the trial has left. The outcome contains how it ended and what it printed. */
export async function runProgram(program: ProgramRun, { sandbox, limits, signal, remainingMs }: ToolContext): Promise<ToolOutcome> {
  const timeoutMs = Math.max(1, Math.ceil(Math.min(program.timeoutSeconds * 1000, remainingMs())));
  const request = {
    command: program.command,
    cwd: sandbox.workspace,
    env: { ...COMMAND_ENV, ...program.env },
    timeoutMs,
    maxOutputBytes: CAPTURE_BYTES,
    ...(program.stdin === undefined ? {} : { stdin: program.stdin }),
  };
  return describe(await sandbox.run(request, signal), timeoutMs, limits.maxResultBytes);
}

function describe(result: CommandResult, timeoutMs: number, maxBytes: number): ToolOutcome {
  const { exit, head, tail, omittedBytes, omittedLines } = result;
  const status = statusLine(result, timeoutMs);
  const output = { head: trimEndOf(cleanOutput(head), "\n"), tail: trimEndOf(cleanOutput(tail), "\n"), omittedBytes, omittedLines };
  const shown = fitOutput(output, maxBytes - byteLength(status) - 1);
  const isAll = omittedBytes === 0 && Buffer.compare(Buffer.from(shown), trimmedBytes(head)) === 0;
  const timedOut = exit.kind === "timed-out";
  return {
    text: `${status}\n${shown === "" ? "(no output)" : shown}`,
    errorKind: timedOut ? "timeout" : null,
    exitCode: exitCodeOf(exit),
    timedOut,
    fullOutput: isAll ? null : joined(result),
  };
}

function statusLine({ exit, durationMs }: CommandResult, timeoutMs: number): string {
  const seconds = `${(durationMs / 1000).toFixed(1)} s`;
  switch (exit.kind) {
    case "exited":
      return `exit code: ${exit.code} (${seconds})`;
    case "signalled":
      return `exit code: ${exitCodeOf(exit)} (killed by ${exit.signal}; ${seconds})`;
    case "out-of-memory":
      return `exit code: ${exitCodeOf(exit)} (killed: out of memory)`;
    case "timed-out":
      return `Error: timeout: killed after ${Math.max(1, Math.round(timeoutMs / 1000))} s.`;
  }
}

// The exit code that bash would report.
function exitCodeOf(exit: CommandExit): number | null {
  if (exit.kind === "timed-out") return null;
  if (exit.kind === "exited") return exit.code;
  return exit.kind === "out-of-memory" ? 137 : 128 + (SIGNAL_NUMBERS[exit.signal] ?? 0);
}

function trimmedBytes(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0x0a) end -= 1;
  return bytes.subarray(0, end);
}

function joined({ head, tail, omittedBytes, omittedLines }: CommandResult): Uint8Array {
  if (omittedBytes === 0) return head;
  return Buffer.concat([head, Buffer.from(`\n[${omittedBytes} bytes not kept (${omittedLines} lines)]\n`), tail]);
}
