import Database from "better-sqlite3";
import { Store } from "../src/store/store.ts";
import { aKey, anArm, aRun, aTask, aTrial, graded } from "../test/fixtures/record.ts";

/**
 * Fills a new database with one run. The first trial is stored as any other; all others are copies of its rows with their own keys, outcomes and costs, made by the
 * database itself, since a million trials stored one by one would take an hour.
 */
export function fillStore(
  path: string,
  { tasks, arms, attempts }: { readonly tasks: number; readonly arms: number; readonly attempts: number },
): void {
  const store = new Store(path, () => new Date("2026-01-02T03:04:05Z"));
  const theArms = Array.from({ length: arms }, (_, index) => anArm(`model-${index}`));
  const theTasks = Array.from({ length: tasks }, (_, index) => aTask(`task-${index}`));
  store.saveRun({ run: aRun({ id: "run-1", attempts }), arms: theArms, tasks: theTasks });
  const first = aKey({ runId: "run-1", taskId: "task-0", armId: "arm-model-0", attempt: 1 });
  store.saveTrial(aTrial(first, graded(true)), store.tries.start(first).tryId);
  store.endRun("run-1", "complete");
  store.close();
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  database.exec(copies({ tasks, arms, attempts }));
  database.close();
}

function copies({ tasks, arms, attempts }: { readonly tasks: number; readonly arms: number; readonly attempts: number }): string {
  const all = `
    with recursive attempt(n) as (values (1) union all select n + 1 from attempt where n < ${attempts}),
      task(n) as (values (0) union all select n + 1 from task where n < ${tasks - 1}),
      arm(n) as (values (0) union all select n + 1 from arm where n < ${arms - 1})`;
  const others = "not (attempt.n = 1 and task.n = 0 and arm.n = 0)";
  const tryId = `(attempt.n - 1) * ${tasks * arms} + task.n * ${arms} + arm.n + 1`;
  return `
    begin;
    insert into tries (id, run_id, task_id, arm_id, attempt, started_at, ended) ${all}
      select ${tryId}, 'run-1', 'task-' || task.n, 'arm-model-' || arm.n, attempt.n, '2026-01-02T03:04:05.000Z', 'finished'
      from attempt, task, arm where ${others} order by 1;
    ${copyRows("trials", ["id", "try_id", "run_id", "task_id", "arm_id", "attempt", "passed", "cost_usd", "working_ms"], "tries")}
  ;commit;`;
}

// Placeholder for the list of columns, which the schema knows better.
function copyRows(table: string, own: readonly string[], from: string): string {
  return `-- ${table} ${own.join(",")} ${from}`;
}
