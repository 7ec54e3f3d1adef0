import type { Sqlite } from "./database.ts";
import { count, json, MAX_TEXT_BYTES, name, optional, within } from "./query/column.ts";
import { Query, type RowOf } from "./query/query.ts";
import { IMAGES } from "./query/stored-shapes.ts";
import { writing } from "./write-transaction.ts";

// Graded trials of the same arm on the same version of a task, by the same harness version: never copies, and never chosen by their result.
const ORIGINAL = {
  id: count("t.id"),
  armId: name("t.arm_id"),
  taskId: name("rt.task_id"),
  imageId: name("old.image_id"),
  images: optional(json(within("old.settings", MAX_TEXT_BYTES, "json_extract(old.settings, '$.images')"), IMAGES)),
};

const ORIGINALS = `
  from run_tasks rt
  join runs new on new.id = rt.run_id
  join run_arms ra on ra.run_id = rt.run_id
  join run_tasks before on before.task_digest = rt.task_digest and before.run_id <> rt.run_id
  join runs old on old.id = before.run_id and old.harness_version = new.harness_version
    and json_extract(old.settings, '$.flags.runtime') is json_extract(new.settings, '$.flags.runtime')
  join run_arms paid on paid.run_id = before.run_id and paid.arm_id = ra.arm_id and json_extract(paid.spec, '$.price') is json_extract(ra.spec, '$.price')
  join trials t on t.run_id = before.run_id and t.task_id = before.task_id and t.arm_id = ra.arm_id
  where rt.run_id = ? and t.outcome = 'graded' and t.reused_from is null
  order by t.started_at, t.id`;

const COPY = `
  insert into trials (run_id, task_id, arm_id, attempt, execution_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob,
    error_source, error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd,
    unbilled_attempts, assumed_usd, unknown_usage_steps, doubtful_usage_steps, model_ms, first_token_ms, isolation, held_back, rewards, started_at, duration_ms, working_ms, waited_ms, reused_from)
  select @runId, @taskId, arm_id, @attempt, execution_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob,
    error_source, error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd,
    unbilled_attempts, assumed_usd, unknown_usage_steps, doubtful_usage_steps, model_ms, first_token_ms, isolation, held_back, rewards, started_at, duration_ms, working_ms, waited_ms, id
  from trials where id = @id`;

const PRESENT = {
  armId: name("arm_id"),
  taskId: name("task_id"),
  attempt: count("attempt"),
  original: optional(count("reused_from")),
};

// As many trials as the largest run that can be carried out.
const MAX_TRIALS = 1_000_000;

type Original = RowOf<typeof ORIGINAL>;

/** The image of a task's sandboxes: `name` is null for a task that uses the image of its run; `id` is the digest of the image. */
export type TaskImage = { readonly name: string | null; readonly id: string };

/** Copies graded trials of identical arms, prices and tasks into the attempts that a run still lacks, oldest first, in one transaction; returns how many. */
export function reuseTrials(
  database: Sqlite,
  run: { readonly id: string; readonly attempts: number },
  imageOf: Readonly<Record<string, TaskImage>>,
): number {
  const copy = database.prepare(COPY);
  const copyAll = writing(database, () => {
    const originals = new Query(database, { columns: ORIGINAL, rest: ORIGINALS, maxRows: MAX_TRIALS }).all(run.id);
    const present = new Query(database, { columns: PRESENT, rest: "from trials where run_id = ?", maxRows: MAX_TRIALS }).all(run.id);
    const filled = new Set(present.map(({ armId, taskId, attempt }) => `${armId}/${taskId}/${attempt}`));
    const reused = new Set(present.flatMap(({ original }) => (original === null ? [] : [original])));
    let count = 0;
    for (const original of originals) {
      const attempt = firstFree(filled, original, run.attempts);
      // Two tasks with the same content must not share a trial.
      if (attempt === null || reused.has(original.id) || !hadImage(original, imageOf[original.taskId])) continue;
      copy.run({ runId: run.id, taskId: original.taskId, attempt, id: original.id });
      filled.add(`${original.armId}/${original.taskId}/${attempt}`);
      reused.add(original.id);
      count += 1;
    }
    return count;
  });
  return copyAll();
}

function firstFree(filled: ReadonlySet<string>, { armId, taskId }: Original, attempts: number): number | null {
  for (let attempt = 1; attempt <= attempts; attempt++) if (!filled.has(`${armId}/${taskId}/${attempt}`)) return attempt;
  return null;
}

// A trial in another image is another experiment.
function hadImage({ imageId, images }: Original, image: TaskImage | undefined): boolean {
  if (!image) return false;
  return image.name === null ? imageId === image.id : images?.[image.name] === image.id;
}
