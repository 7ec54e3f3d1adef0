import { sequentialTail } from "../../stats/group-sequential.ts";

/** A round of a sequential gate, counted from 1, and how many are planned. */
export type GateLook = { readonly round: number; readonly rounds: number };

/** One-sided error probabilities of an analysis: of what speaks for a pass, and of what makes the gate fail. */
export type Risk = { readonly pass: number; readonly fail: number };

/** The error probabilities of both checks of a gate. */
export type GateRisks = { readonly passRate: Risk; readonly cost: Risk };

/**
 * Divides the risk of a gate: over the rounds of a sequential one, for its cost as for its pass rate, and over two checks, each of which may fail it. A pass needs
 * both checks, so that nothing is divided there. `formerCost` is for gates of earlier versions, whose cost was judged anew after every round.
 *
 * @see Berger 1982 (intersection-union tests); Kim and DeMets 1987 (spending over rounds)
 */
export function gateRisks(
  { alpha, formerCost = false }: { readonly alpha: number; readonly formerCost?: boolean },
  { look, checks }: { readonly look: GateLook | null; readonly checks: 1 | 2 },
): GateRisks {
  const spent = (level: number): number => (look === null ? level : sequentialTail({ ...look, alpha: level }));
  const both = { pass: spent(alpha), fail: spent(alpha / checks) };
  if (!formerCost) return { passRate: both, cost: both };
  return { passRate: { pass: spent(alpha), fail: spent(alpha) }, cost: { pass: alpha, fail: alpha / 2 } };
}
