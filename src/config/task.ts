import { createHash } from "node:crypto";
import { z } from "zod";
import { type Unchanging, unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { faultOfPatterns } from "../core/glob.ts";
import { printable } from "../core/printable.ts";
import {
  DEFAULT_LIMITS,
  type SandboxLimits,
  type Task,
  type TaskFiles,
  TEST_RUNNERS,
  type TestPlan,
  type TestRunnerName,
  type WrongSolution,
} from "../core/task.ts";
import { readText } from "../files/file.ts";
import { foldersIn, isFolder, pathsBelow, readFolder } from "../files/folder.ts";
import { PartBudget } from "../files/part-budget.ts";
import { type Place, placeInside, shown } from "../files/place.ts";
import { TaskImages } from "./task-image.ts";
import { readYaml } from "./yaml-file.ts";

// Far more than any machine has: larger values are typing errors that would make an engine or a timer fail in the middle of a run.
const MAX_MB = 1_048_576;
const MAX_CPUS = 1024;
const MAX_PIDS = 4_194_304;
const MAX_SECONDS = 86_400;

const limitsSchema = z
  .strictObject({
    memory_mb: z.int().min(64).max(MAX_MB),
    cpus: z.number().min(0.1).max(MAX_CPUS),
    pids: z.int().min(16).max(MAX_PIDS),
    workspace_mb: z.int().min(1).max(MAX_MB),
    tmp_mb: z.int().min(1).max(MAX_MB),
  })
  .partial();
// Far above what any task needs; each of these is stored with every trial or compared with the files of a folder.
const MAX_TEXT = 300;
const MAX_TAGS = 50;
const MAX_CONTEXT_FILES = 100;
const MAX_TEST_FILES = 1000;
const MAX_TESTS = 10_000;
const MAX_TEST_NAME = 2000;
const MAX_PATH = 1000;

const timeoutSchema = z.int().min(1).max(MAX_SECONDS);

const imageSchema = z
  .string()
  .min(1)
  .max(MAX_PATH)
  .describe("name of an image, or the path of a folder with a Dockerfile, which begins with ./");

/** Settings that a suite may set for all its tasks. */
export const sharedSchema = z.strictObject({ image: imageSchema, sandbox: limitsSchema, timeout_seconds: timeoutSchema }).partial();

/** Schema of task.yaml; also published as a JSON Schema for editors. */
export const taskSchema = z.strictObject({
  title: z.string().min(1).max(MAX_TEXT),
  difficulty: z.enum(["easy", "medium", "hard"]).optional(),
  tags: z.array(z.string().max(MAX_TEXT)).max(MAX_TAGS).default([]),
  deliver: z
    .array(z.string().refine(isGlobOfWorkspace, "expected a glob of files below the workspace, such as src/**; no leading / and no .."))
    .refine((globs) => globs.some((glob) => !glob.startsWith("!")), "expected at least one glob without a leading !")
    .superRefine((globs, context) => {
      const fault = faultOfPatterns(globs.map((glob) => glob.replace(/^!/, "")));
      if (fault === null) return;
      const message = `${fault.index === null ? "the globs" : "the glob"} ${fault.problem}; use fewer or shorter ones`;
      context.addIssue({ code: "custom", path: fault.index === null ? [] : [fault.index], message });
    })
    .describe("globs of the files that are submitted from the agent's sandbox for grading; a leading ! excludes"),
  context_files: z
    .array(z.string().max(MAX_PATH))
    .max(MAX_CONTEXT_FILES)
    .default([])
    .describe("workspace files shown to the model first, such as AGENTS.md"),
  image: imageSchema.optional(),
  sandbox: limitsSchema.optional(),
  tests: z.strictObject({
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
    placement: z.enum(["outside", "workspace"]).default("outside"),
    jest_globals: z.boolean().default(false),
    boundary: z
      .enum(["none", "process"])
      .default("none")
      .describe("process runs the code under test in a separate process, isolated from the tests (pytest, node)"),
  }),
});

function isGlobOfWorkspace(glob: string): boolean {
  const path = glob.replace(/^!/, "");
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
}

type Shared = z.output<typeof sharedSchema>;
type TaskYaml = z.output<typeof taskSchema>;

// Which files a runner takes for tests, and whether tests.boundary can choose a separate process for the solution or the runner always uses one.
type RunnerRule = { readonly testFile: RegExp; readonly boundary: "chosen" | "always" };
const RUNNER_RULES: Readonly<Record<TestRunnerName, RunnerRule>> = {
  pytest: { testFile: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/, boundary: "chosen" },
  node: { testFile: /\.(test|spec)\.(js|mjs|cjs|ts|mts)$/, boundary: "chosen" },
  "exit-status": { testFile: /\.sh$/, boundary: "always" },
};

type TaskOptions = { readonly id: string; readonly suite: string; readonly shared: Shared; readonly images?: TaskImages };

/** Loads the task in the folder `id` of a suite folder; throws UserError naming the file and field at fault. */
export function loadTask(suiteFolder: Place, { id, suite, shared, images = new TaskImages() }: TaskOptions): Task {
  const folder = placeInside(suiteFolder, id);
  const yamlPlace = placeInside(folder, "task.yaml");
  const yaml = readYaml(yamlPlace, taskSchema);
  const promptPlace = placeInside(folder, "prompt.md");
  const prompt = readText(promptPlace).trim();
  if (prompt === "")
    throw new UserError(`Cannot load task "${id}": ${shown(promptPlace.path)} is empty; write the task for the model in it`);
  const tests = planOf(folder, yaml, shared);
  const folders = { workspace: unchangingFolder(folder, "workspace"), tests: unchangingFolder(folder, "tests") };
  const sandbox = limitsOf({ ...shared.sandbox, ...yaml.sandbox });
  const task = {
    id,
    suite,
    title: yaml.title,
    prompt,
    tags: yaml.difficulty ? [...yaml.tags, yaml.difficulty] : yaml.tags,
    ...(yaml.image === undefined ? images.find(shared.image, suiteFolder) : images.find(yaml.image, folder)),
    sandbox,
    deliver: {
      include: yaml.deliver.filter((glob) => !glob.startsWith("!")),
      exclude: yaml.deliver.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1)),
    },
    contextFiles: yaml.context_files,
    tests,
  };
  const present = new Set(task.contextFiles.length === 0 ? [] : pathsBelow(placeInside(folder, "workspace")));
  const absent = task.contextFiles.find((path) => !present.has(path));
  if (absent !== undefined)
    throw new UserError(
      `Cannot read "${shown(yamlPlace.path)}": context_files names "${printable(absent)}", which is not in workspace/; add the file or remove the entry`,
    );
  return { ...task, files: filesOf(folder, folders), digest: digestOf(task, folders) };
}

function unchangingFolder(task: Place, name: string): Unchanging {
  const folder = placeInside(task, name);
  return unchanging(shown(folder.path), () => readFolder(folder));
}

function planOf(place: Place, yaml: TaskYaml, shared: Shared): TestPlan {
  const folder = shown(place.path);
  const testsFolder = placeInside(place, "tests");
  if (!isFolder(testsFolder)) throw new UserError(`Cannot load task "${folder}": its folder tests/ is missing; put the hidden tests there`);
  const present = pathsBelow(testsFolder);
  const { testFile, boundary } = RUNNER_RULES[yaml.tests.runner];
  const files = yaml.tests.files ?? present.filter((path) => testFile.test(path));
  if (files.length === 0)
    throw new UserError(
      `Cannot load task "${folder}": tests/ has no file that the ${yaml.tests.runner} runner would run (${testFile.source}); rename one or list them under tests.files`,
    );
  if (boundary === "always" && yaml.tests.boundary === "process")
    throw new UserError(
      `Cannot load task "${folder}": tests.boundary is "process", which the ${yaml.tests.runner} runner always uses; remove the line`,
    );
  const known = new Set(present);
  const absent = files.find((path) => !known.has(path));
  if (absent)
    throw new UserError(
      `Cannot load task "${folder}": tests.files names "${printable(absent)}", which is not in tests/; add the file or remove the entry`,
    );
  return {
    runner: yaml.tests.runner,
    files,
    required: yaml.tests.required ?? null,
    timeoutSeconds: yaml.tests.timeout_seconds ?? shared.timeout_seconds ?? 60,
    placement: yaml.tests.placement,
    jestGlobals: yaml.tests.jest_globals,
    boundary: yaml.tests.boundary,
  };
}

function limitsOf(limits: z.output<typeof limitsSchema>): SandboxLimits {
  return {
    memoryMb: limits.memory_mb ?? DEFAULT_LIMITS.memoryMb,
    cpus: limits.cpus ?? DEFAULT_LIMITS.cpus,
    pids: limits.pids ?? DEFAULT_LIMITS.pids,
    workspaceMb: limits.workspace_mb ?? DEFAULT_LIMITS.workspaceMb,
    tmpMb: limits.tmp_mb ?? DEFAULT_LIMITS.tmpMb,
  };
}

type TaskFolders = { readonly workspace: Unchanging; readonly tests: Unchanging };

function filesOf(folder: Place, { workspace, tests }: TaskFolders): TaskFiles {
  const solution = placeInside(folder, "solution");
  return {
    workspace: workspace.read,
    tests: tests.read,
    reference: async () => (isFolder(solution) ? [...readFolder(solution)] : null),
    wrong: async () => wrongOf(placeInside(folder, "wrong")),
  };
}

// All of them are in memory together, and so they share what one part of a task may hold.
function wrongOf(folder: Place): readonly WrongSolution[] {
  const budget = new PartBudget(folder);
  return foldersIn(folder).map((name) => ({ name, files: [...readFolder(placeInside(folder, name), budget)] }));
}

// Titles, tags and reference solutions do not change a result, so they are not part of the digest.
function digestOf(task: Omit<Task, "files" | "digest">, { workspace, tests }: TaskFolders): string {
  const { title: _title, tags: _tags, suite: _suite, imageFolder: _imageFolder, ...relevant } = task;
  return createHash("sha256")
    .update(JSON.stringify([relevant, workspace.digest, tests.digest]))
    .digest("hex");
}
