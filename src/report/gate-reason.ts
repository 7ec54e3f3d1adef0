import type { Estimate, Side } from "../analysis/comparison.ts";
import type { CostCheck, GateState } from "../analysis/gate/gate-result.ts";
import { formatPoints, formatPointsInterval, formatRatio } from "../core/format.ts";

/** Says what the pass rates show against the margin. */
export function stateReason(
  state: GateState,
  told: {
    readonly difference: Estimate | null;
    readonly labels: { readonly baseline: Side; readonly candidate: Side };
    readonly margin: number;
  },
): string {
  const { difference, labels, margin } = told;
  if (!difference || difference.low === null || difference.high === null)
    return "One task says nothing about others, so nothing can be told";
  const size = formatPoints(Math.abs(difference.value), { sign: false });
  const direction = Math.abs(difference.value) < 1e-9 ? "as often as" : `${size} ${difference.value > 0 ? "more" : "less"} than`;
  const seen = `${labels.candidate.label} passes ${direction} ${labels.baseline.label} ${formatPointsInterval(difference.low, difference.high)}`;
  const limit = formatPoints(margin, { sign: false });
  if (state === "better") return `${seen}: better`;
  if (state === "not-worse") return `${seen}: a drop of ${limit} is ruled out`;
  if (state === "worse-within-margin") return `${seen}: worse, but by less than the ${limit} that are accepted`;
  if (state === "worse") return `${seen}: worse`;
  return `${seen}: neither a drop nor its absence is shown, with ${limit} accepted`;
}

/** Says what the bill shows against its limit. */
export function costReason(cost: CostCheck | null): readonly string[] {
  if (cost === null) return [];
  const limit = `${formatRatio(1 + cost.limit)} is accepted`;
  if (cost.increase === null) return [`The cost cannot be compared (${limit}): a cost is unknown or zero, or the prices differ`];
  const { value, low, high } = cost.increase;
  const bounds = low === null || high === null ? "" : ` [${formatRatio(1 + low)} to ${formatRatio(1 + high)}]`;
  const words = {
    within: "within the limit",
    over: "over the limit",
    inconclusive: "cannot tell on which side of the limit",
    unknown: "unknown",
  };
  return [`Cost ${formatRatio(1 + value)}${bounds}, ${limit}: ${words[cost.state]}`];
}

/** Says how large a drop such a test would have missed. */
export function powerReason(state: GateState, detectable: number | null): readonly string[] {
  if (detectable === null || state === "worse" || state === "better") return [];
  return [
    `A drop of ${formatPoints(detectable, { sign: false })} would have been missed one time in five; see "bench plan" for what more trials would show`,
  ];
}
