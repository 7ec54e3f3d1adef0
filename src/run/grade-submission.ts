import type { SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { findTampering } from "../grade/tampering.ts";
import type { Store } from "../store/store.ts";
import type { Grading } from "./grading.ts";

/** What an agent handed in, in one of the tries of the store. */
export type GradableSubmission = { readonly task: Task; readonly executionId: number; readonly files: readonly SourceFile[] };

/** Grades what was handed in and adds what the agent tried on the way: attempts at cheating are told with the verdict, and never change it. */
export async function gradeSubmission(
  { task, executionId, files }: GradableSubmission,
  { store, grading, signal }: { readonly store: Store; readonly grading: Grading; readonly signal: AbortSignal },
): Promise<Verdict> {
  const verdict = await grading.grade(task, files, signal);
  const { calls, refused } = store.executions.toolCalls(executionId);
  const attempts = findTampering({ calls, refused, given: await task.files.workspace(), submitted: files });
  return { ...verdict, tampering: [...verdict.tampering, ...attempts] };
}
