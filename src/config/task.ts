import { createHash } from "node:crypto";
import { z } from "zod";
import { digestedPlan, type Unchanging, unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { faultOfPatterns } from "../core/glob.ts";
import { defaultLimits, languageImage } from "../core/language.ts";
import { printable } from "../core/printable.ts";
import type { SandboxLimits, Task, TaskFiles, TestRunnerName, WrongSolution } from "../core/task.ts";
import { readText } from "../files/file.ts";
import { foldersIn, isFolder, pathsBelow, readTree } from "../files/folder.ts";
import { PartBudget } from "../files/part-budget.ts";
import { type Place, placeInside, shown } from "../files/place.ts";
import { mcpServersOf, mcpServersSchema } from "./mcp.ts";
import { machineSchema, stateFiles, stateParts } from "./state-task.ts";
import { TaskImages } from "./task-image.ts";
import { MAX_PATH, planOf, testsSchema, timeoutSchema } from "./test-plan.ts";
import { webOf, webSchema } from "./web.ts";
import { loadWorkspace, type Workspace } from "./workspace/workspace.ts";
import { readYaml } from "./yaml-file.ts";

// Far more than any machine has: larger values are typing errors that would make an engine or a timer fail in the middle of a run.
const MAX_MB = 1_048_576;
const MAX_CPUS = 1024;
const MAX_PIDS = 4_194_304;

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

const imageSchema = z
  .string()
  .min(1)
  .max(MAX_PATH)
  .describe("name of an image, or the path of a folder with a Dockerfile, which begins with ./");

const groupSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TEXT)
  .describe("what the task shares with others, such as a repository or a template: tasks of one group do not count as independent");

/** Settings that a suite may set for all its tasks. */
export const sharedSchema = z
  .strictObject({ image: imageSchema, sandbox: limitsSchema, timeout_seconds: timeoutSchema, group: groupSchema })
  .partial();

/** Schema of task.yaml; also published as a JSON Schema for editors. */
export const taskSchema = z
  .strictObject({
    title: z.string().min(1).max(MAX_TEXT),
    draft: z.boolean().optional().describe("the prompt was drafted by an import and is to be rewritten; changes no result"),
    difficulty: z.enum(["easy", "medium", "hard"]).optional(),
    tags: z.array(z.string().max(MAX_TEXT)).max(MAX_TAGS).default([]),
    group: groupSchema.optional(),
    deliver: z
      .array(z.string().refine(isGlobOfWorkspace, "expected a glob of files below the workspace, such as src/**; no leading / and no .."))
      .refine((globs) => globs.some((glob) => !glob.startsWith("!")), "expected at least one glob without a leading !")
      .superRefine((globs, context) => {
        const fault = faultOfPatterns(globs.map((glob) => glob.replace(/^!/, "")));
        if (fault === null) return;
        const message = `${fault.index === null ? "the globs" : "the glob"} ${fault.problem}; use fewer or shorter ones`;
        context.addIssue({ code: "custom", path: fault.index === null ? [] : [fault.index], message });
      })
      .optional()
      .describe(
        "globs of the files that are submitted from the agent's sandbox for grading; a leading ! excludes; needed unless the state of a machine is graded",
      ),
    grading: z
      .enum(["files", "state"])
      .optional()
      .describe(
        "files grades what is submitted, in a fresh sandbox; state gives the task a machine of its own, and grades that as the agent left it",
      ),
    machine: machineSchema.optional().describe("the machine of a task whose state is graded"),
    context_files: z
      .array(z.string().max(MAX_PATH))
      .max(MAX_CONTEXT_FILES)
      .default([])
      .describe("workspace files shown to the model first, such as AGENTS.md"),
    image: imageSchema.optional(),
    sandbox: limitsSchema.optional(),
    web: webSchema.optional().describe("what agents may read of the web; nothing without it"),
    mcp_servers: mcpServersSchema.optional().describe("programs that give the agent tools by the Model Context Protocol"),
    tests: testsSchema,
  })
  .superRefine(({ deliver, grading, machine }, context) => {
    const fault = (path: string, message: string): void => context.addIssue({ code: "custom", path: [path], message });
    if (grading !== "state" && deliver === undefined) fault("deliver", "it is missing; expected a list of globs, such as src/**");
    if (grading === "state" && deliver !== undefined) fault("deliver", "with grading: state no files are submitted; remove it");
    if (grading !== "state" && machine !== undefined) fault("machine", "only a task with grading: state has one; add that, or remove it");
  });

function isGlobOfWorkspace(glob: string): boolean {
  const path = glob.replace(/^!/, "");
  return path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
}

type Shared = z.output<typeof sharedSchema>;

type TaskOptions = {
  readonly id: string;
  /** The name of its folder, where that has another Unicode form than the id. */
  readonly folderName?: string | undefined;
  readonly suite: string;
  readonly shared: Shared;
  readonly images?: TaskImages;
};

/** Loads the task in the folder `id` of a suite folder; throws UserError naming the file and field at fault. */
export function loadTask(suiteFolder: Place, { id, folderName = id, suite, shared, images = new TaskImages() }: TaskOptions): Task {
  const folder = placeInside(suiteFolder, folderName);
  const yamlPlace = placeInside(folder, "task.yaml");
  const yaml = readYaml(yamlPlace, taskSchema);
  const promptPlace = placeInside(folder, "prompt.md");
  const prompt = readText(promptPlace).trim();
  if (prompt === "")
    throw new UserError(`Cannot load task "${id}": ${shown(promptPlace.path)} is empty; write the task for the model in it`);
  const { tests, present } = testsOf(folder);
  const plan = planOf(yaml.tests, { folder: shown(folder.path), present, sharedSeconds: shared.timeout_seconds });
  const sandbox = limitsOf(yaml.tests.runner, { ...shared.sandbox, ...yaml.sandbox });
  const workspace = placeInside(folder, "workspace");
  const folders = { workspace: loadWorkspace(workspace, sandbox.workspaceMb), tests };
  const { deliver = ["**"] } = yaml;
  const task = {
    id,
    suite,
    title: yaml.title,
    prompt,
    tags: yaml.difficulty ? [...yaml.tags, yaml.difficulty] : yaml.tags,
    ...(yaml.draft === true ? { isDraft: true as const } : {}),
    ...groupOf(yaml.group ?? shared.group),
    ...(yaml.image === undefined
      ? sharedImage(images, { suiteFolder, shared, runner: yaml.tests.runner })
      : images.find(yaml.image, folder)),
    sandbox,
    deliver: {
      include: deliver.filter((glob) => !glob.startsWith("!")),
      exclude: deliver.filter((glob) => glob.startsWith("!")).map((glob) => glob.slice(1)),
    },
    contextFiles: yaml.context_files,
    tests: plan,
    ...webOf(yaml.web),
    ...mcpServersOf(yaml.mcp_servers),
    ...stateParts(folder, yaml, plan),
  };
  const inWorkspace = new Set(task.contextFiles.length === 0 ? [] : pathsIn(workspace, folders.workspace));
  const absent = task.contextFiles.find((path) => !inWorkspace.has(path));
  if (absent !== undefined)
    throw new UserError(
      `Cannot read "${shown(yamlPlace.path)}": context_files names "${printable(absent)}", which is not in workspace/; add the file or remove the entry`,
    );
  return { ...task, files: { ...filesOf(folder, folders), ...stateFiles(folder, yaml) }, digest: digestOf(task, folders) };
}

function pathsIn(folder: Place, { tree }: Workspace): readonly string[] {
  return tree === undefined ? pathsBelow(folder) : tree.entries.map(({ path }) => path);
}

function groupOf(group: string | undefined): Pick<Task, "group"> {
  return group === undefined ? {} : { group: group.normalize("NFC") };
}

// The hidden tests, and the paths of all their files.
function testsOf(task: Place): { readonly tests: Unchanging; readonly present: readonly string[] } {
  const folder = placeInside(task, "tests");
  if (!isFolder(folder))
    throw new UserError(`Cannot load task "${shown(task.path)}": its folder tests/ is missing; put the hidden tests there`);
  const present = new Set<string>();
  const tests = unchanging(shown(folder.path), function* () {
    for (const file of readTree(folder, { emptyFolders: false })) {
      present.add(file.path);
      yield file;
    }
  });
  return { tests, present: [...present] };
}

type ImageChoice = { readonly suiteFolder: Place; readonly shared: Shared; readonly runner: TestRunnerName };

// A task that names no image has that of its suite, or what its runner needs.
function sharedImage(images: TaskImages, { suiteFolder, shared, runner }: ImageChoice): Pick<Task, "image" | "imageFolder"> {
  return shared.image === undefined ? { image: languageImage(runner) } : images.find(shared.image, suiteFolder);
}

function limitsOf(runner: TestRunnerName, limits: z.output<typeof limitsSchema>): SandboxLimits {
  const usual = defaultLimits(runner);
  return {
    memoryMb: limits.memory_mb ?? usual.memoryMb,
    cpus: limits.cpus ?? usual.cpus,
    pids: limits.pids ?? usual.pids,
    workspaceMb: limits.workspace_mb ?? usual.workspaceMb,
    tmpMb: limits.tmp_mb ?? usual.tmpMb,
  };
}

type TaskFolders = { readonly workspace: Workspace; readonly tests: Unchanging };

function filesOf(folder: Place, { workspace, tests }: TaskFolders): TaskFiles {
  const solution = placeInside(folder, "solution");
  const { tree } = workspace;
  return {
    workspace: workspace.read,
    ...(tree === undefined ? {} : { tree: () => tree }),
    tests: tests.read,
    reference: async () => (isFolder(solution) ? [...readTree(solution)] : null),
    wrong: async () => wrongOf(placeInside(folder, "wrong")),
  };
}

// All of them are in memory together, and so they share what one part of a task may hold.
function wrongOf(folder: Place): readonly WrongSolution[] {
  const budget = new PartBudget(folder);
  return foldersIn(folder).map((name) => ({ name, files: [...readTree(placeInside(folder, name), { budget })] }));
}

// Titles, tags, groups, whether the prompt is a draft, and reference solutions do not change a result, so they are not part of the digest.
function digestOf(task: Omit<Task, "files" | "digest">, { workspace, tests }: TaskFolders): string {
  const { title: _title, tags: _tags, isDraft: _isDraft, group: _group, suite: _suite, imageFolder: _imageFolder, ...relevant } = task;
  return createHash("sha256")
    .update(JSON.stringify([{ ...relevant, tests: digestedPlan(task.tests) }, workspace.digest, tests.digest]))
    .digest("hex");
}
