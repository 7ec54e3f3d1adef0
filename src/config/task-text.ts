import { stringify } from "yaml";
import type { z } from "zod";
import type { suiteSchema } from "./suite.ts";
import type { taskSchema } from "./task.ts";

/** The fields of a task.yaml as they are written. */
export type TaskFields = z.input<typeof taskSchema>;

const WRITING = { lineWidth: 0, aliasDuplicateObjects: false } as const;

/** Writes a task.yaml, with lines of comment above it. */
export function taskText(fields: TaskFields, comment: readonly string[]): string {
  return commented(comment) + stringify(fields, WRITING);
}

/** Writes a suite.yaml, with lines of comment above it. */
export function suiteText(fields: z.input<typeof suiteSchema>, comment: readonly string[]): string {
  return commented(comment) + stringify(fields, WRITING);
}

function commented(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join("");
}
