import { createHash } from "node:crypto";
import { UserError } from "./errors.ts";
import type { SourceFile, Task } from "./task.ts";

/** Computes the SHA-256 over the digests of a suite's tasks; their order does not matter. */
export function suiteDigest(tasks: readonly Pick<Task, "id" | "digest">[]): string {
  const parts = tasks.map((task) => `${task.id}:${task.digest}`).sort();
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/** Files on a disk that are read when they are needed, with the SHA-256 of their first contents. */
export type Unchanging = { readonly digest: string; readonly read: () => Promise<readonly SourceFile[]> };

/** Guards files against changes during a run: `read` throws UserError naming `place` when they have changed since this call. */
export function unchanging(place: string, read: () => readonly SourceFile[]): Unchanging {
  const digest = filesDigest(read());
  return {
    digest,
    read: async () => {
      const files = read();
      if (filesDigest(files) !== digest)
        throw new UserError(`Cannot use "${place}": it has changed since the run began; restore it and resume, or start a new run`);
      return files;
    },
  };
}

function filesDigest(files: readonly SourceFile[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(`\0${file.path}\0${file.executable ? "x" : "-"}\0${file.bytes.length}\0`).update(file.bytes);
  return hash.digest("hex");
}
