import { commonTasks, pairedTask } from "../report/common-task.ts";
import { spreadOf } from "../report/detectable.ts";
import { type Look, lookAtGate } from "../report/judge.ts";
import { chanceOfClaim } from "../stats/futility.ts";
import { sequentialCritical } from "../stats/group-sequential.ts";
import type { StoredSides } from "./gate-sides.ts";

/** The looks of a sequential gate; shares, `alpha` one-sided. */
export type RoundPlan = { readonly rounds: number; readonly margin: number; readonly alpha: number };

/** What a look saw, in words, too, and whether the gate ends with it. */
export type RoundLook = Look & { readonly stops: boolean; readonly words: string };

// With less hope than this of any claim by the last round, the rest would be paid for nothing.
const LITTLE_HOPE = 0.05;

/** Looks at both arms after a whole round; null below two tasks in common. */
export function lookAt(sides: StoredSides, plan: RoundPlan & { readonly round: number }): RoundLook | null {
  const { rounds, round, alpha, margin } = plan;
  const criticalOf = ({ degreesOfFreedom }: { readonly degreesOfFreedom: number }): number =>
    sequentialCritical({ alpha, rounds, round, degreesOfFreedom });
  const seen = lookAtGate(sides, { margin, criticalOf });
  if (!seen) return null;
  if (seen.claim !== "inconclusive") return { ...seen, stops: true, words: `${WORDS[seen.claim]}: decided` };
  if (round === rounds) return { ...seen, stops: true, words: "still open after the last round" };
  // A single round says too little of how far results vary from run to run.
  const hope = round < 2 ? 1 : hopeOf(sides, seen, plan);
  return hope < LITTLE_HOPE
    ? { ...seen, stops: true, words: `open, and more rounds would hardly tell (chance ${(100 * hope).toFixed(0)} %)` }
    : { ...seen, stops: false, words: "open" };
}

const WORDS: Readonly<Record<Exclude<Look["claim"], "inconclusive">, string>> = {
  better: "better",
  "not-worse": "not worse",
  "worse-within-margin": "worse by less than is accepted",
  worse: "worse",
};

function hopeOf(sides: StoredSides, seen: Look, plan: RoundPlan & { readonly round: number }): number {
  const tasks = commonTasks(sides.baseline.arm.perTask, sides.candidate.arm.perTask).common.map(pairedTask);
  const lastCritical = sequentialCritical({
    alpha: plan.alpha,
    rounds: plan.rounds,
    round: plan.rounds,
    degreesOfFreedom: tasks.length - 1,
  });
  return chanceOfClaim({ ...spreadOf(tasks), ...plan, difference: seen.difference, tasks: tasks.length, lastCritical });
}
