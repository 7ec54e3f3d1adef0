import type { TaskResult } from "../../core/record.ts";
import { type PassK, passK } from "../../stats/pass-k.ts";

/** How often at least one (pass@k) and every one (pass^k) of k attempts at a task passes, over tasks, with 95 % intervals. */
type CurvePoint = { readonly k: number; readonly any: PassK; readonly all: PassK };

/** The curve over numbers of attempts, from 1 to the largest that every graded task has. */
export type AttemptsCurve = readonly CurvePoint[];

// Up to here every number has a point, beyond it doublings.
const MAX_EACH = 10;

/**
 * Computes pass@k and pass^k from one attempt to the most that every graded task has; null where that is one, or below two tasks. With as many attempts as there are, these
 * are the shares of tasks solved at least once, and every time.
 */
export function attemptsCurve(perTask: readonly Pick<TaskResult, "passed" | "trials" | "group">[]): AttemptsCurve | null {
  const tried = perTask.filter(({ trials }) => trials > 0);
  if (tried.length < 2) return null;
  const most = Math.min(...tried.map(({ trials }) => trials));
  if (most < 2) return null;
  const points = sizesTo(most).flatMap((k) => {
    const [any, all] = [passK(tried, k, "any"), passK(tried, k, "all")];
    return any && all ? [{ k, any, all }] : [];
  });
  return points.length === 0 ? null : points;
}

function sizesTo(most: number): readonly number[] {
  const sizes = Array.from({ length: Math.min(most, MAX_EACH) }, (_, index) => index + 1);
  for (let size = 2 * MAX_EACH; size < most; size *= 2) sizes.push(size);
  return most > MAX_EACH ? [...sizes, most] : sizes;
}
