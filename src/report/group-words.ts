import { counted } from "../core/format.ts";
import type { TaskResult } from "../core/record.ts";

const FEW = 5;
const LEAST = 3;

/** Says how many groups the tasks of a report are in, and that they are few; empty where no task has a group. */
export function groupSentences(arms: readonly { readonly perTask: readonly Pick<TaskResult, "taskId" | "group">[] }[]): readonly string[] {
  const tasks = new Map(arms.flatMap(({ perTask }) => perTask.map((task) => [task.taskId, task.group ?? `task ${task.taskId}`] as const)));
  if (arms.every(({ perTask }) => perTask.every(({ group }) => group === null))) return [];
  const sizes = new Map<string, number>();
  for (const group of tasks.values()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const most = Math.max(...sizes.values());
  const said = `${counted(tasks.size, "task")} in ${counted(sizes.size, "group")}, the largest of ${most}: intervals are for new groups like these`;
  if (sizes.size < LEAST) return [`${said}, and fewer than ${LEAST} groups allow none.`];
  return [sizes.size < FEW ? `${said}; fewer than ${FEW} groups are few, and the intervals are wide.` : `${said}.`];
}
