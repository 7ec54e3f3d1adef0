import type { PairedTask } from "../stats/paired.ts";
import { passK, passKDifference } from "../stats/pass-k.ts";
import type { Comparison, Estimate } from "./comparison.ts";

/** Compares how often all of k attempts pass, and at least one; k is the largest that every task supports on both sides. Null below 2. */
export function repeatsOf(tasks: readonly PairedTask[]): Comparison["repeats"] {
  const k = Math.min(...tasks.flatMap(({ baseline, candidate }) => [baseline.trials, candidate.trials]));
  if (tasks.length < 2 || k < 2) return null;
  const side = (kind: "any" | "all"): { baseline: Estimate; candidate: Estimate; difference: Estimate } | null => {
    const baseline = passK(
      tasks.map((task) => task.baseline),
      k,
      kind,
    );
    const candidate = passK(
      tasks.map((task) => task.candidate),
      k,
      kind,
    );
    const difference = passKDifference(tasks, k, kind);
    return baseline && candidate && difference ? { baseline, candidate, difference } : null;
  };
  const passHatK = side("all");
  const passAtK = side("any");
  return passHatK && passAtK ? { k, passHatK, passAtK } : null;
}
