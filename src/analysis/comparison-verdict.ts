import type { ComparisonVerdict, Needed, OpenCause } from "./comparison.ts";
import type { DataFlaw } from "./data-flaw.ts";
import { ALPHA, type Measured } from "./measure.ts";

/** What a verdict rests on. */
export type Evidence = {
  readonly flaws: readonly DataFlaw[];
  readonly tasks: number;
  /** With its bounds and p after earlier looks. */
  readonly measured: Measured;
  readonly adjustedP: number | null;
  /** The difference with every trial without a grade against the candidate, and in its favour. */
  readonly filled: readonly Measured[];
  /** Trials without a grade. */
  readonly missing: number;
  readonly needed: Needed | null;
};

/**
 * Decides whether the candidate is better or worse at 5 %, adjusted for all comparisons that it is judged among, or shown to differ by less than matters. Nothing is
 * claimed from data with flaws, nor what the trials without a grade could turn.
 */
export function verdictOf(evidence: Evidence): ComparisonVerdict {
  const { flaws, tasks, measured, adjustedP, filled, missing, needed } = evidence;
  const [flaw] = flaws;
  const open = (cause: OpenCause): ComparisonVerdict => ({ kind: "cannot-tell", needed: flaw ? null : needed, cause });
  if (tasks === 0) return open({ kind: "no-common-task" });
  if (flaw) return open(flaw);
  if (tasks === 1) return open({ kind: "one-task" });
  // A claim holds for filled data if their p, adjusted alike, would show it, too.
  const factor = measured.p === null || measured.p === 0 ? 1 : (adjustedP ?? measured.p) / measured.p;
  const claim = claimOf(measured, factor);
  if (claim === null) {
    const isAlone = measured.p !== null && measured.low !== null && measured.high !== null && (measured.low > 0 || measured.high < 0);
    return open({ kind: isAlone ? "not-after-adjustment" : "not-shown" });
  }
  if (filled.some((one) => !isKept(claim, claimOf(one, factor), one))) return open({ kind: "depends-on-missing-grades", missing });
  return { kind: claim };
}

type Claim = "better" | "worse" | "alike";

function claimOf({ low, high, p, isEquivalent }: Measured, factor: number): Claim | null {
  const isSettled = p !== null && p * factor < ALPHA;
  if (isSettled && low !== null && low > 0) return "better";
  if (isSettled && high !== null && high < 0) return "worse";
  return isEquivalent ? "alike" : null;
}

// Better by less than matters is still alike.
function isKept(claim: Claim, other: Claim | null, { isEquivalent }: Measured): boolean {
  return claim === other || (claim === "alike" && isEquivalent);
}
