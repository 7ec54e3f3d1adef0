import { createHash } from "node:crypto";
import pLimit from "p-limit";
import { UserError } from "../core/errors.ts";
import { UNNAMED } from "../core/held-back.ts";
import { byPath } from "../core/path-index.ts";
import { type FrozenMachine, type Sandbox, SandboxLost, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { Submission } from "../core/trial.ts";
import type { Expected, HeldBack, Verdict } from "../core/verdict.ts";
import { grade } from "../grade/grade.ts";
import { crossingOf, reasonOf } from "../grade/held-back.ts";
import { learnExpected } from "../grade/learn-expected.ts";
import { gradeState } from "../grade/state/grade-state.ts";
import { changesOf } from "../grade/submission.ts";
import { tamperingInTrajectory } from "../grade/tampering/find-tampering.ts";
import type { Store } from "../store/store.ts";
import type { GrowingLimit } from "./growing-capacity.ts";
import { LOST_MACHINE, learnState } from "./machine.ts";

/** Grades solutions, a bounded number at a time. */
export type Grading = {
  /** Makes sure that a task can be graded; throws UserError when its own reference solution does not pass. */
  prepare(task: Task, signal: AbortSignal): Promise<void>;
  /** Grades a solution in a fresh sandbox. */
  grade(task: Task, submitted: readonly SourceFile[], signal: AbortSignal): Promise<Verdict>;
  /** Grades the state of a machine in a new one; null is one that was lost. */
  gradeState(task: Task, machine: FrozenMachine | null, signal: AbortSignal): Promise<Verdict>;
};

/** What the gradings of one run share; the limit bounds how many test runs there are at once. */
export type RunGradingDeps = GrowingLimit & { readonly store: Store; readonly sandboxes: SandboxProvider };

/** Sets up the grading of a run in sandboxes of its own. */
export function makeRunGrading({ store, sandboxes, concurrency, onGrowth }: RunGradingDeps): Grading {
  const limit = pLimit(concurrency);
  onGrowth?.((more) => {
    limit.concurrency += more;
  });
  const expect = expectedOf({
    store,
    imageIdOf: (task) => sandboxes.image(task.image).id,
    learn: (task, signal) =>
      limit(async () => {
        if (task.state === undefined) return learnExpected({ task, sandboxes, signal });
        return { required: await learnState(task, { sandboxes, signal }), shapes: null };
      }),
  });
  return {
    prepare: async (task, signal) => void (await expect(task, signal)),
    grade: async (task, submitted, signal) => {
      const expected = await expect(task, signal);
      return limit(() => grade({ task, submitted, expected, sandboxes, signal }));
    },
    gradeState: (task, machine, signal) => {
      if (machine === null) return Promise.resolve(LOST_MACHINE);
      return limit(async () => (await gradeState({ task, machine, signal })).verdict);
    },
  };
}

/**
 * How it is learned what a task expects, and where that is kept.
 *
 * @internal
 */
export type ExpectedDeps = {
  readonly store: Store;
  /** Gives the digest of the image a task is graded in: what was learned is kept for each. */
  readonly imageIdOf: (task: Task) => string;
  /** Learns it from the reference solution; throws UserError when that does not pass. */
  readonly learn: (task: Task, signal: AbortSignal) => Promise<Expected>;
};

/**
 * Makes the function that gives what a task expects. Names written in the task win, and only the kinds of results are learned then; what was learned is kept in the store for this task and image, and is learned once,
 * however many trials ask at the same time.
 *
 * @internal
 */
export function expectedOf(deps: ExpectedDeps): (task: Task, signal: AbortSignal) => Promise<Expected> {
  const pending = new Map<string, Promise<Expected>>();
  return (task, signal) => {
    if (task.tests.required && !teachesShapes(task.tests)) return Promise.resolve({ required: task.tests.required, shapes: null });
    const started = pending.get(task.digest) ?? storedOrLearned(task, signal);
    pending.set(task.digest, started);
    return started;
  };

  async function storedOrLearned(task: Task, signal: AbortSignal): Promise<Expected> {
    const imageId = deps.imageIdOf(task);
    const stored = deps.store.expected(task.digest, imageId);
    if (stored) return stored;
    try {
      const learned = await deps.learn(task, signal);
      deps.store.saveExpected(task.digest, imageId, learned);
      return learned;
    } catch (error) {
      // A reference solution that fails will fail again; a transient failure of the engine must not spoil the task for later trials.
      if (!(error instanceof UserError)) pending.delete(task.digest);
      throw error;
    }
  }
}

// With these, a result of the solution's own class answers for itself wherever the reference was not seen to give plain data.
function teachesShapes({ runner, isolation }: Task["tests"]): boolean {
  return isolation === "process" && (runner === "pytest" || runner === "node");
}

/** Computes the SHA-256 of all that an agent gets of a task and of what it may submit: submissions can be graded again as long as it is the same, whatever the tests. */
export function inputsDigest(task: Task, workspace: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  const inputs = [
    task.prompt,
    task.deliver.include,
    task.deliver.exclude,
    task.contextFiles,
    ...(task.web === undefined ? [] : [task.web]),
    ...(task.mcpServers === undefined ? [] : [task.mcpServers]),
  ];
  hash.update(JSON.stringify(inputs));
  const tree = task.files.tree?.();
  if (tree !== undefined) return hash.update(tree.digest).digest("hex");
  for (const { path, bytes, executable, kind } of workspace) {
    hash.update(JSON.stringify([path, kind ?? executable, bytes.length])).update(bytes);
  }
  return hash.digest("hex");
}

/** How much of what an agent changed is taken out of its sandbox; a solution over it cannot be submitted. */
export const SUBMISSION_BOUNDS = { maxFiles: 2_000, maxBytes: 64 * 1024 * 1024 };
const MAX_NOTES = 50;

/** Takes what the agent changed out of its sandbox, and notes what stays behind. From a sandbox that was lost nothing can be taken: the task is graded as if nothing had been changed. */
export async function takeSubmission(
  sandbox: Sandbox,
  task: Task,
  note: (note: { readonly kind: string; readonly text: string }) => void,
): Promise<readonly SourceFile[]> {
  try {
    const { held, kept } = crossingOf(task, byPath(await task.files.workspace()));
    const names = { names: held.include, except: [...kept] };
    const taken = await sandbox.exportFiles({ root: WORKSPACE, rule: task.deliver, held: names, ...SUBMISSION_BOUNDS });
    const heldBack = taken.held.map((path) => ({ path, reason: reasonOf(path.split("/").at(-1) ?? "") }));
    const unnamed = taken.unnamed.map((path) => ({ path, reason: UNNAMED }));
    const worthAWord = [...taken.refused, ...heldBack.filter(({ reason }) => reason !== ""), ...unnamed];
    for (const { path, reason } of worthAWord.slice(0, MAX_NOTES)) note({ kind: "not-delivered", text: `${path}: ${reason}` });
    return taken.files;
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    note({ kind: "sandbox-lost", text: error.message });
    return [];
  }
}

/** What an agent changed in the workspace, and the execution in the store whose tool calls did it. A `whole` submission of an older version holds all files instead. */
export type GradableSubmission = {
  readonly task: Task;
  readonly executionId: number;
  readonly submission: Pick<Submission, "files" | "isWhole">;
  /** The frozen machine of a task whose state is graded; null for one that was lost. */
  readonly machine?: FrozenMachine | null;
};

/** Grades a submission and adds what stayed behind, and what looks like tampering in the agent's tool calls and files; that is shown with the verdict and never changes it. */
export async function gradeSubmission(
  { task, executionId, submission, machine = null }: GradableSubmission,
  { store, grading, signal }: { readonly store: Store; readonly grading: Grading; readonly signal: AbortSignal },
): Promise<Verdict> {
  const workspace = await task.files.workspace();
  const submitted = submission.isWhole ? changesOf(submission.files, workspace, task.deliver) : submission.files;
  const verdict = await (task.state === undefined ? grading.grade(task, submitted, signal) : grading.gradeState(task, machine, signal));
  const { calls } = store.executions.evidence(executionId);
  const tampering = tamperingInTrajectory({ calls, workspace, submitted });
  return {
    ...verdict,
    heldBack: joined(store.executions.leftBehind(executionId), verdict.heldBack),
    tampering: [...verdict.tampering, ...tampering],
  };
}

function joined(first: readonly HeldBack[], second: readonly HeldBack[]): readonly HeldBack[] {
  const paths = new Set(first.map(({ path }) => path));
  return [...first, ...second.filter(({ path }) => !paths.has(path))].slice(0, MAX_NOTES);
}
