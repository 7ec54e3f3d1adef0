import { commonTasks, pairedTask } from "../../analysis/common-task.ts";
import { sideOf } from "../../analysis/compare.ts";
import { checkCost } from "../../analysis/gate/cost-check.ts";
import { flawsOf } from "../../analysis/gate/gate-flaw.ts";
import type { GateFlaw, SequentialPath } from "../../analysis/gate/gate-result.ts";
import type { LastLook } from "../../analysis/gate/judge-gate.ts";
import { flawSentence } from "../../report/gate-words.ts";
import { type Look, lookAfterRound } from "../../stats/sequential-look.ts";
import type { Store } from "../../store/store.ts";
import type { StoredSides } from "./gate-sides.ts";
import { type Preregistration, sidesAfter } from "./preregistration.ts";

/** What is to be done after a round, in words, too. */
export type RoundDecision = { readonly look: Look | null; readonly next: "continue" | "stop" | "pause"; readonly words: string };

/** Looks at both arms after a whole round. Data with flaws decide nothing: the gate pauses until they are mended. */
export function decideAfter(
  store: Store,
  runId: string,
  { promise, round }: { readonly promise: Preregistration; readonly round: number },
): RoundDecision {
  const sides = sidesAfter(store, runId, promise, round);
  const [flaw] = flawsIn(sides);
  if (flaw !== undefined) return { look: null, next: "pause", words: flawSentence(flaw) };
  const look = lookAt(sides, promise, round);
  if (look === null) return { look, next: "continue", words: "too few tasks to look at" };
  const costOpen = look.claim !== "inconclusive" && look.claim !== "worse" && isCostOpen(sides, promise);
  if (costOpen && round < promise.rounds)
    return { look, next: "continue", words: `${wordsFor(look, round, promise)}, but the cost is open` };
  return { look, next: look.stops ? "stop" : "continue", words: wordsFor(look, round, promise) };
}

/** Looks again at every round that a gate has had, so that its verdict is the same whenever it is asked for; null below two tasks in common. */
export function looksSoFar(store: Store, runId: string, promise: Preregistration): LastLook | null {
  const run = store.findRun(runId);
  const looks: SequentialPath["looks"][number][] = [];
  let critical: number | null = null;
  for (let round = 1; round <= run.attempts; round++) {
    const look = lookAt(sidesAfter(store, runId, promise, round), promise, round);
    if (!look) continue;
    looks.push({ round, difference: look.difference, low: look.low, high: look.high, state: look.claim });
    critical = look.critical;
  }
  const { tasks, arms } = store.runs.shape(runId);
  const cells = tasks.length * arms.length;
  const path = { plannedRounds: promise.rounds, looks, plannedTrials: cells * promise.rounds, trials: cells * run.attempts };
  return critical === null ? null : { critical, path };
}

function lookAt(sides: StoredSides, { rounds, maxDrop, alpha }: Preregistration, round: number): Look | null {
  const tasks = commonTasks(sides.baseline.arm.perTask, sides.candidate.arm.perTask).common.map(pairedTask);
  return lookAfterRound(tasks, { rounds, margin: maxDrop, alpha, round });
}

function flawsIn({ baseline, candidate }: StoredSides): readonly GateFlaw[] {
  const { common, leftOut } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  const labels = { baseline: sideOf(baseline, undefined), candidate: sideOf(candidate, undefined) };
  return flawsOf({ baseline, candidate, labels }, { compared: common.length, leftOut: leftOut.length });
}

function isCostOpen({ baseline, candidate }: StoredSides, { maxCostIncrease, alpha }: Preregistration): boolean {
  if (maxCostIncrease === undefined) return false;
  const { common } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  return checkCost({ baseline, candidate }, common, { limit: maxCostIncrease, alpha }).check.state === "inconclusive";
}

const WORDS: Readonly<Record<Exclude<Look["claim"], "inconclusive">, string>> = {
  better: "better",
  "not-worse": "not worse",
  "worse-within-margin": "worse by less than is accepted",
  worse: "worse",
};

function wordsFor({ claim, stops, hope }: Look, round: number, { rounds }: Preregistration): string {
  if (claim !== "inconclusive") return `${WORDS[claim]}: decided`;
  if (round === rounds) return "still open after the last round";
  return stops ? `open, and more rounds would hardly tell (chance ${(100 * hope).toFixed(0)} %)` : "open";
}
