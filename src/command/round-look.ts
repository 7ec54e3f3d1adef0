import { commonTasks, pairedTask } from "../report/common-task.ts";
import { type Look, lookAfterRound, type SequentialGatePlan } from "../stats/sequential-look.ts";
import type { StoredSides } from "./gate-sides.ts";

/** What a look saw, in words, too. */
export type RoundLook = Look & { readonly words: string };

/** Looks at both arms after a whole round; null below two tasks in common. */
export function lookAt(sides: StoredSides, plan: SequentialGatePlan & { readonly round: number }): RoundLook | null {
  const seen = lookAfterRound(commonTasks(sides.baseline.arm.perTask, sides.candidate.arm.perTask).common.map(pairedTask), plan);
  return seen && { ...seen, words: wordsFor(seen, plan) };
}

const WORDS: Readonly<Record<Exclude<Look["claim"], "inconclusive">, string>> = {
  better: "better",
  "not-worse": "not worse",
  "worse-within-margin": "worse by less than is accepted",
  worse: "worse",
};

function wordsFor({ claim, stops, hope }: Look, { round, rounds }: SequentialGatePlan & { readonly round: number }): string {
  if (claim !== "inconclusive") return `${WORDS[claim]}: decided`;
  if (round === rounds) return "still open after the last round";
  return stops ? `open, and more rounds would hardly tell (chance ${(100 * hope).toFixed(0)} %)` : "open";
}
