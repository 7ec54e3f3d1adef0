import { extname } from "node:path";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";
import type { ReportedTest, RunReport } from "./run-report.ts";
import type { GradingStep, StepResult } from "./step.ts";
import { isIsolated, type RunnerInput, type TestRunner } from "./test-runner.ts";

const BASH = ["/bin/bash", "--noprofile", "--norc"];
// Programs without a first line that names their interpreter, by the end of their name; all others are Bash's.
const BY_ENDING: Readonly<Record<string, string>> = { ".py": "python3", ".js": "node", ".mjs": "node", ".cjs": "node" };
const MAX_MESSAGE = 2_000;
const MESSAGE_LINES = 10;
const CANARIES = ["exit 3\n", "set -e\nfalse\n", "kill -TERM $$\n", "! true\n", "cd / && test -e /nowhere/at/all\n"];
// What programs print that may not read a file of the workspace, or find no module because they cannot look into it.
const DIRECT_CALLS = ["Permission denied", "EACCES", "No module named", "Cannot find module"];

/** Follows the message of a script that failed because it opened a file of the workspace itself. */
export const DIRECT_CALL_HINT =
  'with isolation "process" a script cannot open files of the workspace: run the solution with "$SOLUTION program args...", read its files with "$SOLUTION cat file", share files with it in "$SHARED"; a script that must open or source them itself needs isolation: none';

/**
 * Runs each test file as a program; its exit status is its result, 0 is a pass.
 *
 * Programs start in the workspace. With `isolation: process` they run as a user that cannot look into it and run the solution with `$SOLUTION`.
 */
export const exitStatus: TestRunner = {
  canaries: 2,
  plan: (input) => {
    const { tests, testFiles, testsRoot, canaries } = input;
    const isolated = isIsolated(tests);
    const files = isolated ? testFiles : testFiles.map((file) => (tests.files.includes(file.path) ? readWhole(file) : file));
    const byPath = new Map(files.map((file) => [file.path, file]));
    const programs = programsOf(input).map(({ path, source }) => scriptStep(`${testsRoot}/${path}`, source ?? byPath.get(path)?.bytes));
    const own = canaries.map((name, index) => ({ path: `${name}.sh`, bytes: canarySource(index), executable: false }));
    return { files: [...files, ...own], steps: programs };
  },
  read: (results, input) => {
    const programs = programsOf(input);
    return {
      tests: results.map((result, index) => reported(programs[index]?.name ?? "", result, isIsolated(input.tests))),
      finished: results.length === programs.length,
      strays: 0,
      contradiction: null,
      shapes: null,
    } satisfies RunReport;
  },
};

type Program = { readonly name: string; readonly path: string; readonly source?: Uint8Array };

// Scripts that must fail run first and last.
function programsOf({ tests, canaries }: RunnerInput): readonly Program[] {
  const own = canaries.map((name, index) => ({ name, path: `${name}.sh`, source: canarySource(index) }));
  const half = Math.ceil(own.length / 2);
  return [...own.slice(0, half), ...tests.files.map((path) => ({ name: path, path })), ...own.slice(half)];
}

function canarySource(index: number): Uint8Array {
  return Buffer.from(CANARIES[index % CANARIES.length] ?? "exit 3\n");
}

function scriptStep(path: string, source: Uint8Array | undefined): GradingStep {
  return {
    argv: [...interpreterOf(path, source ?? new Uint8Array()), path],
    env: {},
    cwd: WORKSPACE,
    judge: null,
    boundary: null,
    report: { kind: "files", paths: [] },
  };
}

// The interpreter that the first line names; without one, that of the name's ending, or Bash.
function interpreterOf(path: string, source: Uint8Array): readonly string[] {
  const line = firstLine(source);
  const known = BY_ENDING[extname(path)];
  if (!line.startsWith("#!")) return known === undefined ? BASH : [known];
  const command = line.slice(2).trim();
  const space = command.search(/[ \t]/);
  // As the kernel does: the path, and all the rest as one argument. `env` alone gets its arguments one by one, without its -S.
  return space === -1
    ? [command]
    : [
        command.slice(0, space),
        ...command
          .slice(space)
          .trim()
          .replace(/^-S[ \t]+/, "")
          .split(/[ \t]+/),
      ];
}

function firstLine(source: Uint8Array): string {
  const text = Buffer.from(source.subarray(0, 512)).toString("utf8");
  return text.split(/\r?\n/, 1)[0] ?? "";
}

/** Makes a shell read all of a script before its first command, so that a solution of the same user cannot change what is still to come. Lines keep their numbers. */
function readWhole(file: SourceFile): SourceFile {
  const line = firstLine(file.bytes);
  const isShell =
    (!line.startsWith("#!") && BY_ENDING[extname(file.path)] === undefined) || /(^|[/ ])(ba|da)?sh( -[a-z]+)?$/.test(line.trim());
  if (!isShell) return file;
  return { ...file, bytes: Buffer.concat([Buffer.from("{ :; "), file.bytes, Buffer.from("\n}; exit\n")]) };
}

function reported(name: string, { exit, log, durationMs }: StepResult, isolated: boolean): ReportedTest {
  if (exit.kind === "exited" && exit.code === 0) return { name, status: "passed", message: null, durationMs };
  const end = exit.kind === "exited" ? `exit status ${exit.code}` : exit.kind === "signalled" ? `ended by ${exit.signal}` : "timed out";
  const hint = isolated && DIRECT_CALLS.some((words) => log.includes(words)) ? [DIRECT_CALL_HINT] : [];
  const said = log
    .trimEnd()
    .split("\n")
    .slice(-MESSAGE_LINES)
    .join("\n")
    .slice(-MAX_MESSAGE / 2);
  return {
    name,
    status: "failed",
    message: [end, ...hint, said]
      .filter((part) => part !== "")
      .join("\n")
      .slice(0, MAX_MESSAGE),
    durationMs,
  };
}
