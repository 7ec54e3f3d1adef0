import type { Allowance, Comparison } from "../analysis/comparison.ts";
import { counted, formatP } from "../core/format.ts";

/** Names what a claim allows for besides its trials, as clauses that follow the figures; empty where there is nothing. */
export function allowanceClauses({ allowances, baseline, difference, fragile, signFlipP }: Comparison): string {
  const of = (allowance: Allowance): string => allowanceClause(allowance, { label: baseline.label, adjustedP: difference.adjustedP });
  return allowances.map(of).join("") + (fragile && signFlipP !== null ? narrowClause(signFlipP) : "");
}

/** Names only what widened the interval: a family of comparisons does not. */
export function wideningClauses({ allowances, baseline, fragile, signFlipP, difference }: Comparison): string {
  const widening = allowances.filter(({ kind }) => kind === "rounds" || kind === "looks" || kind === "planned");
  const clauses = widening.map((one) => allowanceClause(one, { label: baseline.label, adjustedP: difference.adjustedP }));
  return clauses.join("") + (fragile && signFlipP !== null ? narrowClause(signFlipP) : "");
}

/** Names the comparisons among which a pair was judged; null for a pair that was judged alone. */
export function familyWords(allowances: readonly Allowance[], label: string): string | null {
  const found = allowances.find((one) => one.kind === "comparisons");
  if (found === undefined) return null;
  return found.of === "baseline"
    ? `all ${found.count} comparisons with ${label}`
    : `all ${counted(found.count, "pair")} of ${counted(found.arms, "arm")}`;
}

function allowanceClause(
  allowance: Allowance,
  { label, adjustedP }: { readonly label: string; readonly adjustedP: number | null },
): string {
  switch (allowance.kind) {
    case "comparisons":
      return `, among ${familyWords([allowance], label)}${adjustedP === null ? "" : ` (adjusted ${formatP(adjustedP)})`}`;
    case "planned":
      return `, a pair chosen beforehand (--planned), so that ${counted(allowance.others, "other comparison")} ${allowance.others === 1 ? "does" : "do"} not count`;
    case "rounds":
      return `, with the bounds of a gate in ${counted(allowance.planned, "round")}`;
    case "looks":
      return `, with bounds for ${counted(allowance.looks, "look")} at these arms while their trials grew`;
    case "gate":
      return "";
  }
}

function narrowClause(p: number): string {
  return `, narrowly: an exact test has ${formatP(p)}`;
}
