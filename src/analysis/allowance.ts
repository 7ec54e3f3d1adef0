import { sequentialTail } from "../stats/group-sequential.ts";
import type { Allowance } from "./comparison.ts";
import { preregistrationOf, sharedPreregistration } from "./gate/preregistration.ts";
import type { ArmInRun } from "./summary.ts";

/** Both arms of a comparison. */
export type Pair = { readonly baseline: ArmInRun; readonly candidate: ArmInRun };

/** How often the same arms were looked at: once, after rounds of a gate, or each time their trials had grown. */
export type Looks = Extract<Allowance, { kind: "rounds" | "looks" }> | null;

/**
 * Finds how often a pair was looked at before. A gate stops its run because of what it shows, so that its arms have the bounds of its rounds, in any comparison.
 * `grown` counts the earlier runs whose trials of both arms are part of these.
 */
export function looksOf(pair: Pair, grown: number): Looks {
  const rounds = [sharedPreregistration(pair), ...[pair.baseline, pair.candidate].map(stoppedBy)].flatMap((gate) =>
    gate ? [gate.rounds] : [],
  );
  if (rounds.length > 0) {
    const planned = Math.max(...rounds);
    return { kind: "rounds", round: Math.min(planned, Math.max(1, roundOf(pair))), planned };
  }
  return grown > 0 ? { kind: "looks", looks: grown + 1 } : null;
}

function roundOf({ baseline, candidate }: Pair): number {
  return preregistrationOf(candidate.run) ? candidate.run.attempts : baseline.run.attempts;
}

// The gate of an arm, if this arm is one of those that it judged.
function stoppedBy({ run, arm }: ArmInRun): { readonly rounds: number } | null {
  const found = preregistrationOf(run);
  return found && (found.candidate === arm.armId || (found.baseline.runId === null && found.baseline.armId === arm.armId)) ? found : null;
}

/**
 * Gives the one-sided error probability of an interval after earlier looks, of a risk that holds for all of them together. The first look at growing trials could not
 * know of later ones and had the whole risk; the later ones have a quarter of it, an eighth, and so on, which is half of it together.
 *
 * @see Jennison and Turnbull 1989 (repeated confidence intervals); Lan and DeMets 1983 (spending)
 */
export function tailAfter(looks: Looks, alphaOneSided: number): number {
  if (looks === null) return alphaOneSided;
  if (looks.kind === "rounds") return sequentialTail({ alpha: alphaOneSided, rounds: looks.planned, round: looks.round });
  return looks.looks < 2 ? alphaOneSided : alphaOneSided * 2 ** -looks.looks;
}

/** Raises a p-value for earlier looks, so that it is below a risk exactly when the interval at `tailAfter` that risk excludes 0. */
export function pAfter(
  looks: Looks,
  p: number,
  { alphaOneSided, comparisons }: { readonly alphaOneSided: number; readonly comparisons: number },
): number {
  // Bounds for rounds are tabled for one risk; with several comparisons an equal share of each round holds at any risk.
  if (looks?.kind === "rounds" && comparisons > 1) return Math.min(1, p * looks.planned);
  return Math.min(1, (p * alphaOneSided) / tailAfter(looks, alphaOneSided));
}

/** Pairs of arms among which a comparison was chosen, with the size of the choice. */
export type Family = { readonly unnamed: readonly Pair[]; readonly arms: number; readonly of: "baseline" | "pairs" };

/**
 * Lists the pairs that could have been named instead: with any arm of the runs that the candidates are from, and, unless the baseline is the first of its run, any arm
 * of its run as the baseline. `mates` are the arms of these runs that were not named, `isFirst` whether the baseline is the first of its run.
 */
export function familyOf(
  sides: readonly ArmInRun[],
  { mates, isFirst }: { readonly mates: readonly ArmInRun[]; readonly isFirst: boolean },
): Family {
  const [first, ...candidates] = sides;
  if (!first) return { unnamed: [], arms: 0, of: "baseline" };
  const ofRuns = (runs: readonly ArmInRun[]): readonly ArmInRun[] => mates.filter(({ run }) => runs.some((one) => one.run.id === run.id));
  const baselines = [first, ...(isFirst ? [] : ofRuns([first]))];
  const others = [...candidates, ...ofRuns(candidates)];
  const named = new Set(candidates.map((candidate) => keyOf({ baseline: first, candidate })));
  const unnamed = new Map<string, Pair>();
  for (const baseline of baselines) {
    for (const candidate of [...others, ...(baselines.length > 1 ? baselines : [])]) {
      const key = keyOf({ baseline, candidate });
      if (baseline.arm.armId !== candidate.arm.armId && !named.has(key)) unnamed.set(key, { baseline, candidate });
    }
  }
  const arms = new Set([...baselines, ...others].map(placeOf)).size;
  return { unnamed: [...unnamed.values()], arms, of: baselines.length > 1 ? "pairs" : "baseline" };
}

// The same for both directions.
function keyOf({ baseline, candidate }: Pair): string {
  return [placeOf(baseline), placeOf(candidate)].sort().join(" ");
}

function placeOf({ run, arm }: ArmInRun): string {
  return `${run.id}/${arm.armId}`;
}
