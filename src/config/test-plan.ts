import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { type Isolation, TEST_RUNNERS, type TestPlan, type TestRunnerName } from "../core/task.ts";

/** The longest path that a task may name. */
export const MAX_PATH = 1000;
// Far above what any task needs; each of these is stored with every trial or compared with the files of a folder.
const MAX_TEST_FILES = 1000;
const MAX_TESTS = 10_000;
const MAX_TEST_NAME = 2000;
const MAX_PYTHON_PATHS = 20;
const MAX_ARGUMENTS = 100;
// More than a day is a typing error that would make a timer fail in the middle of a run.
const MAX_SECONDS = 86_400;

/** Schema of a time limit for tests. */
export const timeoutSchema = z.int().min(1).max(MAX_SECONDS);

/** Schema of the part of task.yaml about the hidden tests. */
export const testsSchema = z.strictObject({
  runner: z.enum(TEST_RUNNERS),
  files: z
    .array(z.string().max(MAX_PATH))
    .min(1)
    .max(MAX_TEST_FILES)
    .optional()
    .describe("test files to run; default: all that match the naming rule of the runner"),
  required: z
    .array(z.string().max(MAX_TEST_NAME))
    .min(1)
    .max(MAX_TESTS)
    .optional()
    .describe("names of tests that must pass; default: learned from the reference solution"),
  timeout_seconds: timeoutSchema.optional(),
  placement: z
    .enum(["outside", "workspace"])
    .optional()
    .describe(
      "where the tests lie: outside keeps them in a folder of their own; workspace, which vitest, jest, go, cargo, junit and ctest always have, in the workspace",
    ),
  jest_globals: z.boolean().default(false),
  run_skipped: z.boolean().default(false).describe("runs tests that are marked as skipped as well (cargo, junit)"),
  isolation: z
    .enum(["process", "none"])
    .optional()
    .describe(
      "process keeps the solution in a process and user of its own, apart from the tests (pytest, node, exit-status, command); none runs both together",
    ),
  boundary: z.enum(["none", "process"]).optional().describe("the former name of isolation"),
  python_path: z
    .array(z.string().min(1).max(MAX_PATH))
    .max(MAX_PYTHON_PATHS)
    .default([])
    .describe("folders of the workspace from which Python imports the solution, besides the workspace and its src (pytest)"),
  command: z
    .array(z.string().min(1).max(MAX_PATH))
    .min(1)
    .max(MAX_ARGUMENTS)
    .optional()
    .describe("the program that runs the tests and its arguments (command)"),
  report: z
    .strictObject({ format: z.enum(["junit", "tap", "ctrf"]), path: z.string().min(1).max(MAX_PATH) })
    .optional()
    .describe("the report that the command writes: its format, and its path relative to the folder that the command starts in (command)"),
});

type TestsYaml = z.output<typeof testsSchema>;

// Which files a runner takes for tests, and how it can keep the solution apart from them; the first is what a task has that does not say.
type RunnerRule = {
  readonly testFile: RegExp;
  readonly isolations: readonly [Isolation, ...Isolation[]];
  /** The tests are part of the project that the solution is part of. */
  readonly inWorkspace?: true;
};
const SCRIPT_TEST = /\.(test|spec)\.[cm]?[jt]sx?$/;
const RUNNER_RULES: Readonly<Record<TestRunnerName, RunnerRule>> = {
  pytest: { testFile: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/, isolations: ["none", "process"] },
  node: { testFile: /\.(test|spec)\.(js|mjs|cjs|ts|mts|cts)$/, isolations: ["none", "process"] },
  "exit-status": { testFile: /\.sh$/, isolations: ["process", "none"] },
  vitest: { testFile: SCRIPT_TEST, isolations: ["none"], inWorkspace: true },
  jest: { testFile: SCRIPT_TEST, isolations: ["none"], inWorkspace: true },
  go: { testFile: /_test\.go$/, isolations: ["none"], inWorkspace: true },
  cargo: { testFile: /\.rs$/, isolations: ["none"], inWorkspace: true },
  junit: { testFile: /Tests?\.java$/, isolations: ["none"], inWorkspace: true },
  ctest: { testFile: /\.(c|cc|cpp|cxx)$/, isolations: ["none"], inWorkspace: true },
  command: { testFile: /[^/]$/, isolations: ["none", "process"] },
};

/** What a task is about to be graded by: its folder for messages, the files below its tests folder, and the time limit of its suite. */
type TestsFound = { readonly folder: string; readonly present: readonly string[]; readonly sharedSeconds: number | undefined };

/** Makes the test plan of a task. Throws UserError naming the field at fault. */
export function planOf(yaml: TestsYaml, { folder, present, sharedSeconds }: TestsFound): TestPlan {
  const { testFile } = RUNNER_RULES[yaml.runner];
  const files = yaml.files ?? present.filter((path) => testFile.test(path));
  if (files.length === 0)
    throw new UserError(
      `Cannot load task "${folder}": tests/ has no file that the ${yaml.runner} runner would run (${testFile.source}); rename one or list them under tests.files`,
    );
  const known = new Set(present);
  const absent = files.find((path) => !known.has(path));
  if (absent)
    throw new UserError(
      `Cannot load task "${folder}": tests.files names "${printable(absent)}", which is not in tests/; add the file or remove the entry`,
    );
  return {
    runner: yaml.runner,
    files,
    required: yaml.required ?? null,
    timeoutSeconds: yaml.timeout_seconds ?? sharedSeconds ?? 60,
    placement: placementOf(folder, yaml),
    jestGlobals: yaml.jest_globals,
    runSkipped: runSkippedOf(folder, yaml),
    isolation: isolationOf(folder, yaml),
    pythonPath: yaml.python_path,
    ...commandOf(folder, yaml),
  };
}

// The other frameworks have no switch that does this.
const RUN_SKIPPED: readonly TestRunnerName[] = ["cargo", "junit"];

function runSkippedOf(folder: string, { runner, run_skipped }: TestsYaml): boolean {
  if (!run_skipped || RUN_SKIPPED.includes(runner)) return run_skipped;
  throw new UserError(
    `Cannot load task "${folder}": tests.run_skipped is for the ${RUN_SKIPPED.join(" and ")} runners, and this one is ${runner}; remove it`,
  );
}

function placementOf(folder: string, { runner, placement }: TestsYaml): TestPlan["placement"] {
  if (RUNNER_RULES[runner].inWorkspace !== true) return placement ?? "outside";
  if (placement !== "outside") return "workspace";
  throw new UserError(
    `Cannot load task "${folder}": tests.placement is "outside", and the ${runner} runner needs the tests in the workspace; remove the line`,
  );
}

function isolationOf(folder: string, { runner, isolation, boundary }: TestsYaml): Isolation {
  const { isolations } = RUNNER_RULES[runner];
  if (isolation !== undefined && boundary !== undefined)
    throw new UserError(
      `Cannot load task "${folder}": it has tests.isolation and tests.boundary, which is its former name; remove tests.boundary`,
    );
  const asked = isolation ?? boundary;
  if (asked === undefined || isolations.includes(asked)) return asked ?? isolations[0];
  throw new UserError(
    `Cannot load task "${folder}": tests.isolation is "${asked}", which the ${runner} runner cannot do; write "isolation: ${isolations.join('" or "')}"`,
  );
}

function commandOf(folder: string, { runner, command, report }: TestsYaml): Pick<TestPlan, "command" | "report"> {
  const given = { command: command ?? null, report: report ?? null };
  if (runner === "command") {
    const absent = Object.entries(given).find(([, value]) => value === null)?.[0];
    if (absent === undefined) return given;
    throw new UserError(`Cannot load task "${folder}": the command runner needs tests.${absent}, which is missing; add it`);
  }
  const extra = Object.entries(given).find(([, value]) => value !== null)?.[0];
  if (extra === undefined) return given;
  throw new UserError(`Cannot load task "${folder}": tests.${extra} is for the command runner, and this one is ${runner}; remove it`);
}
