import type { TaskResult } from "../../core/record.ts";
import { type PassRate, passRate } from "../../stats/pass-rate.ts";

/** Some of a suite's tasks: those with a tag, or those of a group. */
export type Part = { readonly kind: "tag" | "group"; readonly name: string };

/** The results of one arm on a part. A part that is a group is about its own tasks, which then are the units; others have the groups of the suite. */
export type PartResult = Part & {
  readonly passRate: PassRate;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
};

type Tagged = Pick<TaskResult, "taskId" | "tags" | "group">;

// So many of each kind, the largest: they are chosen by their size, never by their results.
const MAX_PARTS = 100;
const MIN_TASKS = 2;

/**
 * Lists the parts that tags and groups make of some tasks, with their tasks: the largest first, tags before groups. A part of one task tells no more than the task, and one
 * of all tasks no more than the whole, so that these are left out.
 */
export function partsOf<Task>(tasks: readonly Task[], of: (task: Task) => Tagged): readonly (Part & { readonly tasks: readonly Task[] })[] {
  const parts = { tag: new Map<string, Task[]>(), group: new Map<string, Task[]>() };
  const add = (kind: Part["kind"], name: string, task: Task): void => {
    const known = parts[kind].get(name);
    if (known) known.push(task);
    else parts[kind].set(name, [task]);
  };
  for (const task of tasks) {
    const { tags, group } = of(task);
    for (const tag of new Set(tags)) add("tag", tag, task);
    if (group !== null) add("group", group, task);
  }
  return (["tag", "group"] as const).flatMap((kind) =>
    [...parts[kind]]
      .filter(([, members]) => members.length >= MIN_TASKS && members.length < tasks.length)
      .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
      .slice(0, MAX_PARTS)
      .map(([name, members]) => ({ kind, name, tasks: members })),
  );
}

/** Gives the results of an arm on every part of its tasks; empty where tasks have neither tags nor groups. */
export function partResults(perTask: readonly TaskResult[]): readonly PartResult[] {
  return partsOf(perTask, (task) => task).map(({ kind, name, tasks }) => {
    const sum = (figure: (task: TaskResult) => number): number => tasks.reduce((total, task) => total + figure(task), 0);
    return {
      kind,
      name,
      passRate: passRate(kind === "group" ? tasks.map((task) => ({ ...task, group: null })) : tasks),
      passed: sum(({ passed }) => passed),
      graded: sum(({ trials }) => trials),
      errors: sum(({ errors }) => errors),
    };
  });
}
