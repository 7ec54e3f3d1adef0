import type { ModelSpec } from "../core/model.ts";
import type { RunRecord } from "../core/record.ts";
import type { Task } from "../core/task.ts";
import type { Arm } from "../core/trial.ts";
import type { BlobTable } from "./blob-table.ts";
import type { Sqlite } from "./database.ts";

/** A new run with its arms and tasks, in their order. */
export type NewRun = {
  readonly run: Omit<RunRecord, "finishedAt" | "end" | "stoppedBy" | "tags"> & { readonly tags?: readonly string[] };
  readonly arms: readonly Arm[];
  readonly tasks: readonly Task[];
};

/** Inserts a run with its arms, tasks and tags. Must be called in a transaction. */
export function insertRun(database: Sqlite, blobs: BlobTable, { run, arms, tasks }: NewRun): void {
  const { tags = [], ...row } = run;
  database
    .prepare(
      "insert into runs (id, created_at, suite, suite_digest, attempts, harness_version, image, image_id, settings) values (@id, @createdAt, @suite, @suiteDigest, @attempts, @harnessVersion, @image, @imageId, @settings)",
    )
    .run({ ...row, settings: JSON.stringify(run.settings) });
  for (const tag of new Set(tags)) database.prepare("insert into run_tags (run_id, tag) values (?, ?)").run(run.id, tag);
  for (const [position, arm] of arms.entries()) insertArm(database, { runId: run.id, arm, position });
  for (const [position, task] of tasks.entries()) {
    insertTask(database, blobs, task);
    database
      .prepare("insert into run_tasks (run_id, task_id, task_digest, position, task_group) values (?, ?, ?, ?, ?)")
      .run(run.id, task.id, task.digest, position, task.group ?? null);
  }
}

/** Inserts a version of a task, once for each digest. */
export function insertTask(database: Sqlite, blobs: BlobTable, task: Task): void {
  database
    .prepare("insert or ignore into tasks (digest, id, suite, title, tags, prompt_blob) values (?, ?, ?, ?, ?, ?)")
    .run(task.digest, task.id, task.suite, task.title, JSON.stringify(task.tags), blobs.put(task.prompt));
}

type ArmOfRun = { readonly runId: string; readonly arm: Arm; readonly position: number };

function insertArm(database: Sqlite, { runId, arm, position }: ArmOfRun): void {
  const { prompt, ...settings } = arm.settings;
  database
    .prepare(
      "insert or ignore into arms (id, name, agent, api, model, prompt_name, prompt_digest, settings) values (@id, @name, @agent, @api, @model, @promptName, @promptDigest, @settings)",
    )
    .run({
      id: arm.id,
      name: arm.name,
      agent: JSON.stringify(arm.agent),
      api: arm.model.api,
      model: arm.model.model,
      promptName: prompt.name,
      promptDigest: prompt.digest,
      settings: JSON.stringify(settings),
    });
  const spec = JSON.stringify(withoutSecrets(arm.model));
  database
    .prepare("insert into run_arms (run_id, arm_id, position, spec, name, prompt_name) values (?, ?, ?, ?, ?, ?)")
    .run(runId, arm.id, position, spec, arm.name, prompt.name);
}

const NOT_STORED = "(not stored)";

/** Returns a model as it is stored. A header may carry a secret, and its name is enough to know that it was sent; so may a field of the request that is named after one. */
export function withoutSecrets(spec: ModelSpec): ModelSpec {
  return {
    ...spec,
    extraBody: withoutSecretFields(spec.extraBody) as ModelSpec["extraBody"],
    headers: Object.fromEntries(Object.keys(spec.headers).map((name) => [name, NOT_STORED])),
  };
}

const SECRET_NAME = /auth|key|token|secret|password/i;

function withoutSecretFields(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecretFields);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === "string" && SECRET_NAME.test(name) ? NOT_STORED : withoutSecretFields(inner),
    ]),
  );
}
