import type { Task } from "../core/task.ts";
import type { BlobTable } from "./blob.ts";
import type { Sqlite } from "./database.ts";

/** Keeps what a task was, once for each version of it. */
export function saveTask(database: Sqlite, blobs: BlobTable, task: Task): void {
  database
    .prepare("insert or ignore into tasks (digest, id, suite, title, tags, prompt_blob) values (?, ?, ?, ?, ?, ?)")
    .run(task.digest, task.id, task.suite, task.title, JSON.stringify(task.tags), blobs.put(task.prompt));
}
