import Database from "better-sqlite3";
import { Store } from "../src/store/store.ts";
import { aKey, anArm, aRun, aTask, aTrial, graded } from "../test/fixtures/record.ts";
import { says } from "../test/fixtures/turn-model.ts";

/** How many trials a run has. */
export type Size = { readonly tasks: number; readonly arms: number; readonly attempts: number };

/** The steps of every trial. */
export const STEPS = 5;

/**
 * Fills a new database with one run. Its first trial is stored like any other; all others are copies of its rows with their own keys, outcomes, costs and times, made by
 * the database itself, since a million trials stored one by one would take an hour.
 */
export function fillStore(path: string, size: Size): void {
  const store = new Store(path, () => new Date("2026-01-02T03:04:05Z"));
  const arms = Array.from({ length: size.arms }, (_, index) => anArm(`model-${index}`));
  const tasks = Array.from({ length: size.tasks }, (_, index) => aTask(`task-${index}`));
  store.saveRun({ run: aRun({ id: "run-1", attempts: size.attempts }), arms, tasks });
  const first = aKey({ runId: "run-1", taskId: "task-0", armId: "arm-model-0", attempt: 1 });
  const { executionId, journal } = store.executions.start(first);
  for (let step = 1; step <= STEPS; step++) journal.responded(step, says("Done."));
  store.saveTrial(aTrial(first, graded(true)), executionId);
  store.endRun("run-1", "complete");
  store.close();
  const database = new Database(path);
  database.pragma("synchronous = OFF");
  database.exec(`create temp table keys as ${keys(size)}`);
  copy(database, "executions", { id: "k.id", task_id: "k.task", arm_id: "k.arm", attempt: "k.attempt" });
  copy(database, "steps", { execution_id: "k.id" });
  copy(database, "trials", {
    id: "k.id",
    execution_id: "k.id",
    task_id: "k.task",
    arm_id: "k.arm",
    attempt: "k.attempt",
    passed: "k.draw % 10 > k.id % 7",
    cost_usd: "0.01 + (k.draw % 7) * 0.001",
    working_ms: "1000 + k.draw % 9000",
  });
  database.close();
}

function keys({ tasks, arms, attempts }: Size): string {
  const count = (name: string, least: number, most: number): string =>
    `${name}(n) as (values (${least}) union all select n + 1 from ${name} where n < ${most})`;
  const id = `(attempt.n - 1) * ${tasks * arms} + task.n * ${arms} + arm.n + 1`;
  return `with recursive ${count("attempt", 1, attempts)}, ${count("task", 0, tasks - 1)}, ${count("arm", 0, arms - 1)}
    select ${id} as id, 'task-' || task.n as task, 'arm-model-' || arm.n as arm, attempt.n as attempt, (task.n * 7 + arm.n * 13 + attempt.n * 31) % 9973 as draw
    from attempt, task, arm where ${id} > 1 order by 1`;
}

// Every column as in the first trial, except those that are given.
function copy(database: Database.Database, table: string, own: Readonly<Record<string, string>>): void {
  const columns = database.prepare("select name from pragma_table_info(?)").pluck().all(table) as string[];
  const values = columns.map((column) => own[column] ?? `o.${column}`).join(", ");
  const key = "execution_id" in own && table === "steps" ? "execution_id" : "id";
  database.exec(`insert into ${table} (${columns.join(", ")}) select ${values} from keys k cross join ${table} o where o.${key} = 1`);
}
