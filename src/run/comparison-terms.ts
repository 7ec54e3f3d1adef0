import type { Pair } from "../analysis/allowance.ts";
import { type CompareTerms, compareRun } from "../analysis/compare.ts";
import { preregistrationOf } from "../analysis/gate/preregistration.ts";
import type { ArmInRun, Summary } from "../analysis/summary.ts";
import type { RunRecord } from "../core/record.ts";
import type { Store } from "../store/store.ts";
import { armsOf } from "./arm-choice.ts";

/**
 * Summarizes a stored run, with each arm after the first compared with the first. Without `power` the comparisons do not say what they could have found, which takes a second for
 * eight arms: for those who show no comparison.
 */
export function summarizeStoredRun(store: Store, run: RunRecord, { power = true }: Pick<CompareTerms, "power"> = {}): Summary {
  const sides = armsOf(store, run);
  const capStops = store.runs.capStops({ run, arms: sides.map(({ arm }) => arm), spending: store.spending });
  return compareRun(run, sides, { ...comparisonTerms(store, sides), capStops, power });
}

/** Reads what a comparison of these arms must allow for: the other arms of their runs, and earlier runs that had a part of their trials. */
export function comparisonTerms(store: Store, sides: readonly ArmInRun[]): CompareTerms {
  const runs = [...new Map(sides.map(({ run }) => [run.id, run])).values()];
  const [first] = sides;
  return {
    mates: runs.flatMap((run) => matesIn(store, run, sides)),
    isFirst: first === undefined || store.arms.ofRun(first.run.id)[0]?.armId === first.arm.armId,
    grownFrom: (pair) => looksBefore(store, pair),
  };
}

// Figures are read only where there is another arm.
function matesIn(store: Store, run: RunRecord, sides: readonly ArmInRun[]): readonly ArmInRun[] {
  const named = new Set(sides.flatMap((side) => (side.run.id === run.id ? [side.arm.armId] : [])));
  const armIds = store.arms.ofRun(run.id).flatMap(({ armId }) => (named.has(armId) ? [] : [armId]));
  return armIds.length === 0 ? [] : store.runs.arms(run.id, { armIds }).map((arm) => ({ run, arm }));
}

// An earlier run was a look at the pair if it had both arms, or one of them where the other has not changed since. A gate in rounds looked after each of them.
function looksBefore(store: Store, pair: Pair): number {
  const [before, after] = [pair.baseline, pair.candidate].map(({ run, arm }) => ({
    runId: run.id,
    from: store.runs.origins(run.id, arm.armId),
  }));
  if (!before || !after) return 0;
  const earlier = ({ runId, from }: typeof before): readonly string[] => from.filter((id) => id !== runId);
  const looks = (runIds: readonly string[]): number => runIds.reduce((sum, id) => sum + looksIn(store, id), 0);
  // Trials that were all reused are what the last of these runs showed.
  const isSame = [before, after].every(({ runId, from }) => !from.includes(runId));
  const found =
    before.runId === after.runId
      ? looks(earlier(before).filter((id) => after.from.includes(id)))
      : Math.max(looks(earlier(before)), looks(earlier(after)));
  return Math.max(0, found - Number(isSame));
}

function looksIn(store: Store, runId: string): number {
  const run = store.findRun(runId);
  return preregistrationOf(run) ? run.attempts : 1;
}
