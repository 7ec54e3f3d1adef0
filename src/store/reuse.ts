import type { Sqlite } from "./database.ts";

// Finished trials of the same arm on the same version of a task, graded by the same harness, each once: never copies, and never chosen by how they ended.
const ORIGINALS = `
  select t.id, t.arm_id as armId, rt.task_id as taskId, old.settings
  from run_tasks rt
  join runs new on new.id = rt.run_id
  join run_arms ra on ra.run_id = rt.run_id
  join run_tasks before on before.task_digest = rt.task_digest and before.run_id <> rt.run_id
  join runs old on old.id = before.run_id and old.image_id = new.image_id and old.harness_version = new.harness_version
  join trials t on t.run_id = before.run_id and t.task_id = before.task_id and t.arm_id = ra.arm_id
  where rt.run_id = ? and t.outcome = 'graded' and t.reused_from is null
  order by t.started_at, t.id`;

const COPY = `
  insert into trials (run_id, task_id, arm_id, attempt, try_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob,
    error_source, error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd,
    unbilled_attempts, started_at, duration_ms, working_ms, waited_ms, reused_from)
  select @runId, @taskId, arm_id, @attempt, try_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob,
    error_source, error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd,
    unbilled_attempts, started_at, duration_ms, working_ms, waited_ms, id
  from trials where id = @id`;

type Original = { readonly id: number; readonly armId: string; readonly taskId: string; readonly settings: string };

/** Takes finished trials of identical arms and tasks over into a new run, oldest first, up to its attempts; tells how many. Runs on one transaction. */
export function reuseTrials(
  database: Sqlite,
  run: { readonly id: string; readonly attempts: number },
  images: Readonly<Record<string, string>>,
): number {
  const copy = database.prepare(COPY);
  const take = database.transaction(() => {
    const originals = database.prepare(ORIGINALS).all(run.id) as Original[];
    const taken = new Map<string, number>();
    for (const original of originals) {
      const cell = `${original.armId}/${original.taskId}`;
      const attempt = (taken.get(cell) ?? 0) + 1;
      if (attempt > run.attempts || !hadImages(original.settings, images)) continue;
      copy.run({ runId: run.id, taskId: original.taskId, attempt, id: original.id });
      taken.set(cell, attempt);
    }
    return [...taken.values()].reduce((sum, count) => sum + count, 0);
  });
  return take();
}

// A task may name an image of its own, and another image is another experiment.
function hadImages(settings: string, images: Readonly<Record<string, string>>): boolean {
  const before = (JSON.parse(settings) as { readonly images?: Readonly<Record<string, string>> }).images ?? {};
  return Object.entries(images).every(([name, id]) => before[name] === id);
}
