import type { ModelSpec, ScriptedBehavior } from "../../core/model.ts";
import { byPath } from "../../core/path-index.ts";
import type { SourceFile, StateGrading, Task } from "../../core/task.ts";
import { mutate, pickBy, seededDraw } from "./mutation.ts";

/** A file that a scripted model will submit; `before` is null for a new file. */
export type Change = { readonly file: SourceFile; readonly before: SourceFile | null };

/** A script that solves a task whose state is graded, with all files beside it. */
export type SolutionScript = { readonly at: NonNullable<StateGrading["solution"]>; readonly files: readonly SourceFile[] };

/** What a scripted model knows when it starts: the path of the first file that it finds, null in an empty workspace, and the files it will write. */
export type ScriptedSolution = {
  readonly firstPath: string | null;
  readonly changes: readonly Change[];
  /** The script to run in place of changes, for a task whose state is graded; null for one whose files are. */
  readonly script: SolutionScript | null;
};

/** Chooses what to submit in one trial. The same spec, task and attempt give the same files. Throws UserError when a task file is missing. */
export async function chooseSolution(spec: ModelSpec, task: Task, attempt: number): Promise<ScriptedSolution> {
  const workspace = await task.files.workspace();
  const behavior = behaviorOf(spec, task, attempt);
  if (task.state !== undefined) return { firstPath: null, changes: [], script: behavior === "oracle" ? await scriptOf(task) : null };
  const files = await solutionFiles(behavior, task, `${spec.seed}/${task.id}/${attempt}`);
  const known = byPath(workspace);
  const changes = files.map((file) => ({ file, before: known.get(file.path) ?? null }));
  return {
    firstPath: workspace[0]?.path ?? null,
    changes: changes.filter(({ file, before }) => before === null || differ(file, before)),
    script: null,
  };
}

async function scriptOf({ state, files }: Task): Promise<SolutionScript | null> {
  const at = state?.solution ?? null;
  return at === null || files.solution === undefined ? null : { at, files: await files.solution() };
}

/** Text of a file, or null for bytes that are not UTF-8 text. */
export function textOf(file: SourceFile): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(file.bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** A flaky model finds some tasks easier than others, and does not solve the same one every time. */
function behaviorOf(spec: ModelSpec, task: Task, attempt: number): ScriptedBehavior {
  if (spec.model !== "flaky") return spec.model as ScriptedBehavior;
  const chance = seededDraw(spec.seed, "chance", task.id);
  return seededDraw(spec.seed, "attempt", task.id, attempt) < chance ? "oracle" : "flawed";
}

async function solutionFiles(behavior: ScriptedBehavior, task: Task, seed: string): Promise<readonly SourceFile[]> {
  if (behavior === "nop") return [];
  if (behavior === "oracle") return (await task.files.reference()) ?? [];

  const wrong = pickBy(seededDraw(seed, "wrong"), await task.files.wrong());
  if (wrong !== undefined) return wrong.files;
  const reference = (await task.files.reference()) ?? [];
  return spoil(reference, await task.files.workspace(), seed);
}

/** Breaks one file of a solution; one without code to break is cut short instead. */
function spoil(solution: readonly SourceFile[], workspace: readonly SourceFile[], seed: string): readonly SourceFile[] {
  const broken = solution.flatMap((file) => {
    const after = textOf(file);
    const old = byPath(workspace).get(file.path);
    const before = old === undefined ? "" : textOf(old);
    const text = after === null || before === null ? null : mutate({ path: file.path, before, after }, seed);
    return text === null ? [] : [{ ...file, bytes: Buffer.from(text) }];
  });
  const chosen = pickBy(seededDraw(seed, "file"), broken) ?? cutShort(solution);
  return solution.map((file) => (file.path === chosen?.path ? chosen : file));
}

function cutShort(solution: readonly SourceFile[]): SourceFile | undefined {
  const longest = solution.toSorted((a, b) => b.bytes.length - a.bytes.length)[0];
  return longest && { ...longest, bytes: longest.bytes.subarray(0, Math.floor(longest.bytes.length / 2)) };
}

function differ(a: SourceFile, b: SourceFile): boolean {
  return a.executable !== b.executable || Buffer.compare(a.bytes, b.bytes) !== 0;
}
