import { counted } from "../../core/format.ts";
import type { Isolation, Task } from "../../core/task.ts";
import { gradeWithDetails } from "../../grade/grade.ts";
import type { Environment } from "../../import/git/environment/environment.ts";
import { type LearnedChange, learnChange } from "../../run/check/learn-change.ts";
import type { GradingImages } from "./grading-images.ts";
import { IMAGE_FOLDER, type SuiteFolder, type WrittenTask } from "./task-folder.ts";

/** Where a task is written and its tests are run; `environments` remembers the packages that the tests of a lock file's name ran with last, so that not every lock file needs an image. */
export type LearnDeps = {
  readonly folder: SuiteFolder;
  readonly images: GradingImages;
  readonly environments: Map<string, Environment>;
  /** Whether images with packages may be built. */
  readonly network: boolean;
  readonly signal: AbortSignal;
};

/** What a task's tests taught, in the image and with the isolation that they run best with; `written` names both. */
export type LearnedTask = {
  readonly kind: "learned";
  readonly written: WrittenTask;
  readonly learned: LearnedChange;
  readonly isolation: Isolation;
  /** What else could be done; null where nothing. */
  readonly hint: string | null;
};

/** Why nothing could be learned. */
export type Unlearned = { readonly kind: "failed"; readonly reason: string };

const ISOLATIONS: Readonly<Partial<Record<Task["tests"]["runner"], readonly Isolation[]>>> = {
  pytest: ["process", "none"],
  node: ["process", "none"],
};

/** Checks whether the solution of a task can be kept apart from its tests. */
export function canIsolate(runner: Task["tests"]["runner"]): boolean {
  return runner in ISOLATIONS;
}

/**
 * Learns what a task that was written requires, in the common image of its runner where its tests pass there, otherwise in one with the packages of its project: that of a commit before, where they
 * pass there, otherwise its own. Of two that leave tests failing, the one with more that pass counts. Throws InfraError, and UserError for what the user has to change.
 */
export async function learnTask(draft: WrittenTask, environment: Environment | null, deps: LearnDeps): Promise<LearnedTask | Unlearned> {
  let best = await learnInImage(draft, null, deps);
  const isShort = (one: LearnedTask | Unlearned) => one.kind === "failed" || one.learned.failed > 0 || one.learned.required.length === 0;
  if (!isShort(best) || environment === null) return best;
  if (!deps.network) return withHint(best, environment);
  const last = deps.environments.get(environment.lock);
  const ladder = last === undefined || last.digest === environment.digest ? [environment] : [last, environment];
  for (const one of ladder) {
    const found = await learnInImage(draft, one, deps);
    // Of two that are worth nothing, the one with the packages tells why.
    if (worthOf(found) > worthOf(best) || (worthOf(best) === 0 && passesOf(found) >= passesOf(best))) best = found;
    if (isShort(found)) continue;
    deps.environments.set(one.lock, one);
    return found;
  }
  return best;
}

function withHint(found: LearnedTask | Unlearned, { lock }: Environment): LearnedTask | Unlearned {
  if (found.kind === "failed") return found;
  return { ...found, hint: `${lock} names packages; --build-network builds an image with them` };
}

function worthOf(found: LearnedTask | Unlearned): number {
  return found.kind === "failed" || found.learned.failing.length === 0 ? 0 : found.learned.required.length;
}

// Nothing can be said against a build that failed.
function passesOf(found: LearnedTask | Unlearned): number {
  return found.kind === "failed" ? Number.POSITIVE_INFINITY : found.learned.required.length;
}

async function learnInImage(draft: WrittenTask, environment: Environment | null, deps: LearnDeps): Promise<LearnedTask | Unlearned> {
  const written =
    environment === null ? draft : { ...draft, fields: { ...draft.fields, image: `./${IMAGE_FOLDER}` }, image: environment.files };
  const task = deps.folder.rewrite(written);
  const prepared = await deps.images.for(labelled(task, environment));
  if (prepared.kind === "failed") return prepared;
  const { sandboxes } = prepared;
  let best: LearnedTask | null = null;
  for (const isolation of ISOLATIONS[task.tests.runner] ?? ["none" as const]) {
    deps.signal.throwIfAborted();
    const isolated = { ...task, tests: { ...task.tests, isolation } };
    const learned = await learnChange(isolated, (one, submitted, expected) =>
      gradeWithDetails({ task: one, submitted, expected, sandboxes, signal: deps.signal }),
    );
    const found: LearnedTask = { kind: "learned", written, learned, isolation, hint: null };
    // Apart from the tests where as many pass so as together with them.
    if (best === null || worthOf(found) > worthOf(best) || best.learned.required.length === 0) best = found;
    if (learned.failed === 0 && learned.required.length > 0) break;
  }
  if (best === null) throw new Error(`Cannot learn the tests of "${task.id}": its runner has no isolation; this is a bug`);
  return best;
}

/** Names the folder of a task's image by what it is made of, since the user is asked about it before the folder has its place. */
export function labelled(task: Task, environment: Pick<Environment, "lock"> | null): Task {
  if (task.imageFolder === undefined || environment === null) return task;
  return { ...task, imageFolder: { ...task.imageFolder, path: `${task.id}/${IMAGE_FOLDER} (${environment.lock})` } };
}

/** Says what a person should know of a task that was learned; null where nothing. */
export function noteOf({ learned, hint }: LearnedTask, linksLeftOut: number, undescribed: string | null): string | null {
  const notes = [
    ...(learned.failed > 0 ? [`${counted(learned.failed, "test")} that fail after the commit decide nothing`] : []),
    ...(hint === null ? [] : [hint]),
    ...(undescribed === null ? [] : [`its prompt is drafted from the message, since the model did not describe it: ${undescribed}`]),
    ...(linksLeftOut > 0 ? [`${counted(linksLeftOut, "link")} and submodules of the repository are left out`] : []),
  ];
  return notes.length === 0 ? null : notes.join("; ");
}
