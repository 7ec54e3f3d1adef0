import { normalQuantile } from "../normal.ts";
import { MIN_MIXED } from "../suite-scope.ts";
import type { ChanceOfClaim, ClaimTest, Design } from "./claim-chance.ts";
import { simulatedTasks } from "./simulate.ts";

/** Estimates how often the test of exactly these tasks says that the candidate is worse on them; the table has one level for each task. */
export function suiteClaimChance({ tasks, attempts }: Design, test: ClaimTest): ChanceOfClaim {
  const { baseline: k, candidate: m } = attempts;
  const critical = test.critical ?? normalQuantile(1 - test.alpha);
  const parts = Array.from({ length: (k + 1) * (m + 1) }, (_, index) => {
    const [a, b] = [Math.floor(index / (m + 1)), index % (m + 1)];
    const [before, after] = [a / k, b / m];
    return {
      difference: after - before,
      variance: (before * (1 - before)) / (k - 1) + (after * (1 - after)) / (m - 1),
      isMixed: (a > 0 && a < k) || (b > 0 && b < m),
    };
  });
  const claims = (outcomes: Int32Array): boolean => {
    let [difference, variance, mixed] = [0, 0, 0];
    for (const outcome of outcomes) {
      const part = parts[outcome];
      if (!part) continue;
      difference += part.difference;
      variance += part.variance;
      mixed += Number(part.isMixed);
    }
    return mixed >= MIN_MIXED && difference < -critical * Math.sqrt(variance);
  };
  const chance = simulatedTasks(tasks, () => (task) => task, claims);
  return (table) => chance(table.levels);
}
