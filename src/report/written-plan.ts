import type { Assumption, Basis, ForeseenCap, Plan, PlannedArm } from "../analysis/plan/plan-result.ts";
import { foreseenCapSentence } from "./foreseen-cap-words.ts";

/** The source of a figure of a plan, with an assumption or an unknown price in words. */
type WrittenBasis =
  | Exclude<Basis, { readonly kind: "assumption" | "unknown" }>
  | { readonly kind: "assumption"; readonly text: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** A plan as JSON contains it. */
export type WrittenPlan = Omit<Plan, "arms" | "caps"> & {
  readonly caps: readonly (ForeseenCap & { readonly sentence: string })[];
  readonly arms: readonly (Omit<PlannedArm, "costBasis" | "timeBasis"> & {
    readonly costBasis: WrittenBasis;
    readonly timeBasis: WrittenBasis;
  })[];
};

/** Puts the assumptions of a plan, and what its caps are expected to do, into words. */
export function writePlan(plan: Plan): WrittenPlan {
  return {
    ...plan,
    caps: plan.caps.map((cap) => ({ ...cap, sentence: foreseenCapSentence(cap) })),
    arms: plan.arms.map((arm) => ({ ...arm, costBasis: writtenBasis(arm.costBasis), timeBasis: writtenBasis(arm.timeBasis) })),
  };
}

function writtenBasis(basis: Basis): WrittenBasis {
  if (basis.kind === "assumption") return { kind: "assumption", text: assumptionWords(basis.assumed) };
  return basis.kind === "unknown" ? { kind: "unknown", reason: "its price is unknown, and no past trial has a cost" } : basis;
}

/** Describes what is assumed of a trial. */
export function assumptionWords(assumed: Assumption): string {
  if (assumed.kind === "seconds") return `${assumed.seconds} s of work a trial`;
  return assumed.kind === "trial"
    ? "10 responses, 100k tokens in (80k of them cached), 6k out a trial"
    : "5 responses, 14k tokens in (10k of them cached), 1.2k out a trial of a scripted model";
}
