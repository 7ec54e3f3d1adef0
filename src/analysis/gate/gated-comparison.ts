import type { Comparison, ComparisonVerdict } from "../comparison.ts";
import { isFlaw } from "../data-flaw.ts";
import type { GateResult } from "./gate-result.ts";

/** Gives the comparison of a gate's arms the bounds and the decision of the gate, so that one report has one answer. */
export function gatedComparison(comparison: Comparison, gate: GateResult): Comparison {
  const { alpha, margin, sequential } = gate;
  const { low, high } = gate.difference ?? { low: null, high: null };
  const round = sequential?.looks.at(-1)?.round;
  return {
    ...comparison,
    difference: { ...comparison.difference, low, high },
    fragile: false,
    equivalence: { margin, shown: low !== null && high !== null && low > -margin && high < margin },
    allowances: [
      { kind: "gate", level: 1 - 2 * alpha },
      ...(sequential && round !== undefined ? [{ kind: "rounds", round, planned: sequential.plannedRounds } as const] : []),
    ],
    verdict: verdictOf(comparison, gate),
  };
}

function verdictOf({ verdict, tasks }: Comparison, { state, reasons }: GateResult): ComparisonVerdict {
  const needed = verdict.kind === "cannot-tell" ? verdict.needed : null;
  switch (state) {
    case "better":
    case "not-worse":
      return { kind: state };
    case "worse":
    case "worse-within-margin":
      return { kind: "worse" };
    case "identical":
      return { kind: "alike" };
    case "invalid":
      return { kind: "cannot-tell", needed: null, cause: reasons.find(isFlaw) ?? { kind: "no-common-task" } };
    case "inconclusive":
      return { kind: "cannot-tell", needed, cause: { kind: tasks.compared === 1 ? "one-task" : "not-shown" } };
  }
}
