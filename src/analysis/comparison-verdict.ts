import type { PairedTask } from "../stats/paired.ts";
import type { Comparison, ComparisonVerdict } from "./comparison.ts";
import { type ComparisonTest, neededFor } from "./comparison-power.ts";

const ALPHA = 0.05;

/** Decides whether the candidate is better or worse at 5 %, adjusted for all comparisons of the summary, or how many more trials could decide it. */
export function verdictOf(
  comparison: Pick<Comparison, "difference">,
  tasks: readonly PairedTask[],
  test: ComparisonTest,
): ComparisonVerdict {
  const { low, high, value, adjustedP } = comparison.difference;
  const isSettled = adjustedP !== null && adjustedP < ALPHA;
  if (isSettled && low !== null && low > 0) return { kind: "better" };
  if (isSettled && high !== null && high < 0) return { kind: "worse" };
  return { kind: "cannot-tell", needed: neededFor(value, tasks, test) };
}
