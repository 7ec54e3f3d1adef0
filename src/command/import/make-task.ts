import type { TaskFields } from "../../config/task-text.ts";
import { defaultLimits } from "../../core/language.ts";
import type { LargeTree } from "../../core/large-tree.ts";
import { printable } from "../../core/printable.ts";
import type { Isolation, Task } from "../../core/task.ts";
import { gradeWithDetails } from "../../grade/grade.ts";
import { type Commit, shortHash, subjectOf } from "../../import/git/commit.ts";
import { deliverOf } from "../../import/git/deliver.ts";
import { describedPrompt, draftPrompt, newTestsFirst, taskIdOf, titleOf } from "../../import/git/draft-prompt.ts";
import { environmentOf } from "../../import/git/environment/environment.ts";
import { type ProjectTests, projectTests } from "../../import/git/project.ts";
import type { SplitCommit } from "../../import/git/split-commit.ts";
import { findAnswersInHistory } from "../../run/check/answer-history.ts";
import { checkTask } from "../../run/check/check-task.ts";
import { timeLimitOf } from "../../run/check/learn-change.ts";
import type { Repository } from "../git/repository.ts";
import { type CommitFiles, filesOfCommit, isLarge } from "./commit-files.ts";
import type { Describer } from "./describer.ts";
import { canIsolate, type LearnDeps, type LearnedTask, labelled, learnTask, noteOf } from "./learn-task.ts";
import type { WrittenTask } from "./task-folder.ts";

/** A commit that may become a task. */
export type ImportCandidate = { readonly commit: Commit; readonly parent: string; readonly split: SplitCommit };

/** What became of a candidate. `again`: for a reason that another try or flag may remove. */
export type Made =
  | {
      readonly kind: "kept";
      readonly id: string;
      readonly tests: number;
      readonly failing: number;
      readonly isolation: Isolation;
      readonly note: string | null;
    }
  | { readonly kind: "dropped"; readonly reason: string; readonly again: boolean };

/** Where tasks are made, and how thoroughly they are checked. */
export type MakeDeps = LearnDeps & {
  readonly repository: Repository;
  readonly under: string;
  readonly repeats: number;
  /** Writes prompts; null where they are drafted from the messages of commits. */
  readonly describer: Describer | null;
  /** Is called when a task gets its place in the suite. Whether `signal` is aborted is looked at right before. */
  readonly onKept: () => void;
  /** Certificates that the machine's own package managers trust besides the usual ones, as PEM; null where it names none. */
  readonly certificates: string | null;
};

// Enough for the tests of a few files, and to learn how long they take.
const LEARN_SECONDS = 300;
const MEGABYTE = 1024 * 1024;
const WORKSPACE_FACTOR = 4;
const LARGE_WORKSPACE_FACTOR = 1.25;
const PAGE_BYTES = 4096;
// The tests of a project import all of it.
const MEMORY_MB = 2048;

/** Makes a task of a commit: writes it, learns from its tests before and after the commit what they require, and keeps it when it is sound. Throws InfraError, and UserError for what the user has to change. */
export async function makeTask(candidate: ImportCandidate, deps: MakeDeps): Promise<Made> {
  const { commit, parent, split } = candidate;
  const files = await filesOfCommit(deps.repository, { commit: commit.hash, parent, under: deps.under, split });
  if ("tooLarge" in files) return dropped(files.tooLarge);
  const project = projectTests(split.language, (path) => files.manifests.get(path) ?? null);
  if (project.kind === "unknown") return dropped(project.reason);
  const draft = draftOf(candidate, files, project.tests);
  let tree: LargeTree | undefined;
  try {
    const written = await deps.folder.write(draft, files.readWorkspace());
    tree = written.files.tree?.();
    const workspace = await written.files.workspace();
    const environment = environmentOf(split.language, { files: workspace, day: commit.day, certificates: deps.certificates });
    const best = await learnTask(draft, environment, deps);
    if (best.kind === "failed") return dropped(best.reason, true);
    const { learned, isolation } = best;
    const failing = newTestsFirst(learned.failing, files.formerTests.map(({ bytes }) => new TextDecoder().decode(bytes)).join("\n"));
    const hint = best.hint === null ? "" : `; ${best.hint}`;
    if (learned.required.length === 0)
      return dropped(`no test passes after it: ${learned.failure ?? "none ran"}${hint}`, best.hint !== null);
    if (learned.failing.length === 0) return dropped("its tests pass before it as well");
    const final = deps.folder.rewrite({
      ...best.written,
      fields: finalFields(best),
      prompt: draftPrompt({ message: commit.message, failing }),
    });
    const problem = await problemOf(labelled(final, environment), deps);
    if (problem !== null) return dropped(`${problem}${hint}`, best.hint !== null);
    const undescribed =
      deps.describer === null ? null : await describe(final, { candidate, learned: best, failing }, { ...deps, describer: deps.describer });
    deps.signal.throwIfAborted();
    deps.folder.publish(draft.id);
    deps.onKept();
    tree = undefined;
    return {
      kind: "kept",
      id: draft.id,
      tests: learned.required.length,
      failing: learned.failing.length,
      isolation,
      note: noteOf(best, files.leftOut, undescribed),
    };
  } finally {
    deps.folder.discard(draft.id);
    if (tree !== undefined) await deps.images.forget(tree);
  }
}

function dropped(reason: string, again = false): Made {
  return { kind: "dropped", reason: printable(reason, MAX_REASON), again };
}

const MAX_REASON = 1_200;

function draftOf({ commit, split }: ImportCandidate, files: CommitFiles, tests: ProjectTests): WrittenTask {
  const subject = subjectOf(commit);
  const needed = neededMb(files);
  const usual = defaultLimits(tests.runner);
  const limits = {
    ...(needed > usual.workspaceMb ? { workspace_mb: needed } : {}),
    ...(usual.memoryMb < MEMORY_MB ? { memory_mb: MEMORY_MB } : {}),
  };
  const fields: TaskFields = {
    title: titleOf(subject),
    draft: true,
    deliver: [...deliverOf(split.code, split.language)],
    ...(Object.keys(limits).length > 0 ? { sandbox: limits } : {}),
    tests: {
      ...tests,
      command: undefined,
      report: undefined,
      files: [...split.tests],
      timeout_seconds: LEARN_SECONDS,
      ...placementOf(tests),
    },
  };
  return {
    id: taskIdOf(subject, shortHash(commit.hash)),
    fields,
    comment: [`Made of commit ${commit.hash} by bench import git.`],
    prompt: draftPrompt({ message: commit.message, failing: [] }),
    image: [],
    tests: files.tests,
    reference: files.reference,
  };
}

// A large workspace is counted as its sandbox does, and what is written beside it once more.
function neededMb({ workspace, tests }: CommitFiles): number {
  const sizes = [...workspace.map(({ bytes }) => bytes), ...tests.map(({ bytes }) => bytes.length)];
  if (!isLarge(workspace)) return Math.ceil((sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE) * WORKSPACE_FACTOR);
  const pages = sizes.reduce((sum, size) => sum + Math.ceil(size / PAGE_BYTES), 0);
  return Math.ceil(((pages * PAGE_BYTES) / MEGABYTE) * LARGE_WORKSPACE_FACTOR);
}

// Tests of a project are written for the place that they have in it.
function placementOf({ runner }: ProjectTests): Partial<TaskFields["tests"]> {
  return runner === "pytest" || runner === "node" ? { placement: "workspace" } : {};
}

function finalFields({ written: { fields }, learned, isolation }: LearnedTask): TaskFields {
  const tests = {
    ...fields.tests,
    required: [...learned.required],
    timeout_seconds: timeLimitOf(learned.testsMs, LEARN_SECONDS),
  };
  return { ...fields, tests: { ...tests, ...(canIsolate(fields.tests.runner) ? { isolation } : {}) } };
}

type Described = { readonly candidate: ImportCandidate; readonly learned: LearnedTask; readonly failing: readonly string[] };

/** Puts a model's description in the place of the drafted prompt; returns why there is none, or null. */
async function describe(
  task: Task,
  { candidate, learned: best, failing }: Described,
  { repository, under, folder, describer }: MakeDeps & { readonly describer: Describer },
): Promise<string | null> {
  const { commit, parent, split } = candidate;
  const paths = [...split.code, ...split.tests].map((path) => (under === "" ? path : `${under}/${path}`));
  const patch = await repository.patch(parent, commit.hash, paths);
  const found = await describer.describe(task, { message: commit.message, patch, failing });
  if (found.kind === "undescribed") return found.reason;
  folder.rewrite({ ...best.written, fields: finalFields(best), prompt: describedPrompt(found.text, { failing }) });
  return null;
}

async function problemOf(task: Task, { images, repeats, signal }: MakeDeps): Promise<string | null> {
  const prepared = await images.for(task);
  if (prepared.kind === "failed") return prepared.reason;
  const { sandboxes } = prepared;
  const { problems } = await checkTask(task, {
    repeats,
    grade: (one, submitted, expected) => gradeWithDetails({ task: one, submitted, expected, sandboxes, signal }),
    findAnswers: (one, hidden) => findAnswersInHistory(one, hidden, { sandboxes, signal }),
  });
  return problems[0] ?? null;
}
