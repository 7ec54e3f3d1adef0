import { createHash, type Hash } from "node:crypto";
import { UserError } from "./errors.ts";
import type { SourceFile, Task, TestPlan } from "./task.ts";
import { Breather } from "./turn.ts";

/** Computes the SHA-256 over the digests of a suite's tasks; their order does not matter. */
export function suiteDigest(tasks: readonly Pick<Task, "id" | "digest">[]): string {
  const parts = tasks.map((task) => `${task.id}:${task.digest}`).sort();
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

/**
 * Gives the settings of a test plan that a task's digest covers, in the order and with the names of the first version, so that digests of tasks that did not change stay
 * the same: `boundary` was the name of `isolation`, and later settings are left out where they have their usual value.
 */
export function digestedPlan(tests: TestPlan): Readonly<Record<string, unknown>> {
  const { isolation, runSkipped, pythonPath, command, report, ...first } = tests;
  const isScript = tests.runner === "exit-status";
  return {
    ...first,
    boundary: isScript ? "none" : isolation,
    ...(isScript && isolation === "none" ? { isolation } : {}),
    ...(runSkipped ? { runSkipped } : {}),
    ...(pythonPath.length === 0 ? {} : { pythonPath }),
    ...(command === null ? {} : { command, report }),
  };
}

/** Files on a disk that are read when they are needed, with the SHA-256 of their first contents. */
export type Unchanging = { readonly digest: string; readonly read: () => Promise<readonly SourceFile[]> };

/**
 * Guards files against changes during a run: `read` throws UserError naming `place` when they have changed since this call.
 *
 * `readEach` reads the files one by one, so that only one is in memory while they are digested. Between files, `read` lets the process answer signals. Trials that use
 * the same files at the same time share their contents.
 */
export function unchanging(place: string, readEach: () => Iterable<SourceFile>): Unchanging {
  const digest = filesDigest(readEach());
  let last: WeakRef<readonly SourceFile[]> | null = null;
  return {
    digest,
    read: async () => {
      const held = last?.deref();
      const files: SourceFile[] = [];
      const hash = createHash("sha256");
      const breather = new Breather();
      for (const file of readEach()) {
        if (held === undefined) files.push(file);
        addFile(hash, file);
        await breather.due();
      }
      if (hash.digest("hex") !== digest)
        throw new UserError(`Cannot use "${place}": it has changed since the run began; restore it and resume, or start a new run`);
      if (held !== undefined) return held;
      last = new WeakRef(files);
      return files;
    },
  };
}

/** Computes the SHA-256 over the paths, modes and bytes of files, in the order given. */
export function filesDigest(files: Iterable<SourceFile>): string {
  const hash = createHash("sha256");
  for (const file of files) addFile(hash, file);
  return hash.digest("hex");
}

function addFile(hash: Hash, { path, executable, kind, bytes }: SourceFile): void {
  hash.update(`\0${path}\0${kind ?? (executable ? "x" : "-")}\0${bytes.length}\0`).update(bytes);
}
