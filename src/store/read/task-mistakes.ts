import type { Sqlite } from "../database.ts";
import { name, text, total } from "../query/column.ts";
import { Query } from "../query/query.ts";

/** A task that could not be graded because of a mistake in it, such as a reference solution that does not pass. */
export type TaskMistake = { readonly taskId: string; readonly message: string };

/** The tasks of a run that have a mistake, each once, and how many errors have another cause. */
export type TaskMistakes = { readonly mistakes: readonly TaskMistake[]; readonly otherErrors: number };

/** Reads the tasks of a run that could not be graded because of a mistake in them, and counts the errors that have another cause. */
export function taskMistakesOf(database: Sqlite, runId: string): TaskMistakes {
  const where = "from trials t where t.run_id = ? and t.outcome = 'error'";
  const mistakes = new Query(database, {
    columns: { taskId: name("t.task_id"), message: text("min(t.error_message)") },
    rest: `${where} and t.error_source = 'task' group by t.task_id order by t.task_id`,
  });
  const others = new Query(database, { columns: { total: total("count(*)") }, rest: `${where} and t.error_source <> 'task'` });
  return { mistakes: mistakes.all(runId), otherErrors: others.first(runId)?.total ?? 0 };
}
