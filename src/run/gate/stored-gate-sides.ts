import type { GateArms } from "../../analysis/gate/decide-round.ts";
import type { ArmInRun } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import type { Store } from "../../store/store.ts";
import { armsOf, chooseArms, runNamed } from "../arm-choice.ts";

/**
 * Finds both sides of a gate among stored runs. A baseline that names a whole run gives the arm of the candidate's name, or its only one; without a
 * candidate it is the arm of the baseline's name in the newest run, or the only other arm there.
 *
 * Throws UserError when either side is unknown or ambiguous.
 */
export function storedSides(store: Store, baselineName: string, candidateName: string | undefined): GateArms {
  const place = runNamed(store, baselineName);
  if (!place) {
    if (candidateName !== undefined) return bothNamed(store, [baselineName, candidateName]);
    const [baseline] = chooseArms(store, [baselineName]);
    if (!baseline) throw new UserError(`Cannot gate: no arm is called "${baselineName}"; see "bench list"`);
    return { baseline, candidate: impliedCandidate(store, baseline) };
  }
  const arms = armsOf(store, place.run);
  const fixed = place.armId === null ? (arms.length === 1 ? arms[0] : undefined) : arms.find(({ arm }) => arm.armId === place.armId);
  if (fixed) {
    const [named] = candidateName === undefined ? [] : chooseArms(store, [candidateName]);
    return { baseline: fixed, candidate: named ?? impliedCandidate(store, fixed) };
  }
  return armLike(store, { baselineName, arms, candidateName });
}

function bothNamed(store: Store, names: readonly string[]): GateArms {
  const [baseline, candidate] = chooseArms(store, names);
  if (!baseline || !candidate) throw new UserError(`Cannot gate: expected two arms, found fewer; see "bench list"`);
  return { baseline, candidate };
}

// A run of several arms gives each candidate the arm of the same name, or else of the same model.
function armLike(
  store: Store,
  {
    baselineName,
    arms,
    candidateName,
  }: { readonly baselineName: string; readonly arms: readonly ArmInRun[]; readonly candidateName: string | undefined },
): GateArms {
  const list = arms.map(({ arm }) => arm.name).join(", ");
  if (candidateName === undefined)
    throw new UserError(
      `Cannot gate: baseline "${baselineName}" has several arms (${list}); name the candidate, or choose one of them by writing its name before an @`,
    );
  const [candidate] = chooseArms(store, [candidateName]);
  const baseline = arms.find(({ arm }) => arm.name === candidate?.arm.name) ?? arms.find(({ arm }) => arm.model === candidate?.arm.model);
  if (!candidate || !baseline)
    throw new UserError(
      `Cannot gate "${candidateName}": baseline "${baselineName}" has no matching arm (${list}); choose one by writing its name before an @`,
    );
  return { baseline, candidate };
}

function impliedCandidate(store: Store, baseline: ArmInRun): ArmInRun {
  const newest = armsOf(store, store.findRun("latest"));
  const others = newest.filter(({ run, arm }) => run.id !== baseline.run.id || arm.armId !== baseline.arm.armId);
  const sameName = others.find(({ arm }) => arm.name === baseline.arm.name);
  const only = others.length === 1 ? others[0] : undefined;
  const candidate = sameName ?? only;
  if (candidate) return candidate;
  const list = others.map(({ arm }) => arm.name).join(", ");
  throw new UserError(
    others.length === 0
      ? `Cannot gate: the newest run has no arm but the baseline; run the candidate first, or name it`
      : `Cannot gate: the newest run has several arms (${list}); name the candidate, as in: bench gate NAME --baseline ${baseline.arm.name}`,
  );
}
