import { type GateClaim, gateClaim, missingBounds } from "../../stats/gate.ts";
import { holm } from "../../stats/multiplicity.ts";
import { intervalAt, type PairedScore, pairedScore, pWorse, scoreInterval } from "../../stats/paired.ts";
import { commonTasks, pairedTask } from "../common-task.ts";
import type { Side } from "../comparison.ts";
import { detectableDifference } from "../comparison-verdict.ts";
import type { ArmInRun } from "../summary.ts";
import { capReasons } from "./cap-reason.ts";
import { type CostDecision, checkCost } from "./cost-check.ts";
import { flawsOf } from "./gate-flaw.ts";
import type { GateReason, GateResult, SequentialPath } from "./gate-result.ts";

/** The terms of a gate. Shares, not points: a margin of 0.03 is 3 points. */
export type GateOptions = {
  /** The loss in pass rate that is still acceptable. */
  readonly margin: number;
  /** One-sided risk of each wrong claim. */
  readonly alpha: number;
  readonly mode: GateResult["mode"];
  /** How much more the candidate may cost; null leaves the cost unchecked. */
  readonly maxCostIncrease: number | null;
  /** The outcome of an inconclusive gate; null keeps it inconclusive. */
  readonly onInconclusive: "pass" | "fail" | null;
};

/** The two arms of a gate with their labels. */
export type GateSides = {
  readonly baseline: ArmInRun;
  readonly candidate: ArmInRun;
  readonly labels: { readonly baseline: Side; readonly candidate: Side };
};

/** The last interim analysis of a sequential gate: its critical value, which replaces the fixed-sample one, and the path to it. */
export type FinalAnalysis = { readonly critical: number; readonly path: SequentialPath };

/** Decides whether a candidate passes against a baseline: its pass rate within the margin, and its cost within the limit. */
export function decideGate(sides: GateSides, options: GateOptions, final: FinalAnalysis | null = null): GateResult {
  const { baseline, candidate, labels } = sides;
  const { margin, alpha, mode } = options;
  const base = { ...labels, margin, alpha, mode, sequential: final?.path ?? null };
  if (baseline.run.id === candidate.run.id && baseline.arm.armId === candidate.arm.armId) return { ...base, ...SAME_ARM };

  const { common, leftOut } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  const tasks = common.map(pairedTask);
  const score = pairedScore(tasks);
  const boundsOf = (one: PairedScore): { readonly low: number; readonly high: number } =>
    final ? scoreInterval(one, final.critical) : intervalAt(one, alpha);
  const bounds = score && boundsOf(score);
  const difference = score && bounds && { value: score.difference, ...bounds };
  const { maxCostIncrease } = options;
  const cost = maxCostIncrease === null ? null : checkCost(sides, common, { limit: maxCostIncrease, alpha });
  const flaws = flawsOf(sides, { compared: common.length, leftOut: leftOut.length });
  const figures = { ...base, difference, cost: cost?.check ?? null };
  const ofCaps = capReasons(sides, (tasks) => {
    const other = pairedScore(tasks);
    return other !== null && bounds !== null && gateClaim(boundsOf(other), margin) !== gateClaim(bounds, margin);
  });
  if (flaws.length > 0)
    return {
      ...figures,
      state: "invalid",
      outcome: "invalid",
      exitCode: 4,
      reasons: [...flaws, ...ofCaps.filter(({ kind }) => kind === "ended-at-cap")],
    };

  const claim = bounds ? gateClaim(bounds, margin) : "inconclusive";
  const hangsOnMissing = dependsOnMissing(sides, (score) => gateClaim(boundsOf(score), margin) !== claim);
  const state = hangsOnMissing && mode === "non-inferiority" ? "inconclusive" : claim;
  const decision = decideOutcome(state, { cost, options, pWorse: score && !final ? pWorse(score) : null });
  const detectable = detectableDifference(tasks, { alphaOneSided: alpha, ...(final ? { critical: final.critical } : {}) });
  const hasOpenDrop = detectable !== null && state !== "worse" && state !== "better";
  const reasons: readonly GateReason[] = [
    { kind: "pass-rate" },
    ...(cost === null ? [] : [{ kind: "cost" } as const]),
    ...ofCaps,
    ...(hangsOnMissing ? [{ kind: "depends-on-missing-grades" } as const] : []),
    ...decision.reasons,
    ...(hasOpenDrop ? [{ kind: "detectable-drop", difference: detectable } as const] : []),
  ];
  return { ...figures, state, outcome: decision.outcome, exitCode: EXIT[decision.outcome], reasons };
}

// Checks whether the worst or the best guess about every missing trial would change the claim.
function dependsOnMissing({ baseline, candidate }: GateSides, changes: (score: PairedScore) => boolean): boolean {
  const after = new Map(candidate.arm.perTask.map((task) => [task.taskId, task]));
  const planned = baseline.arm.perTask.flatMap((task) => {
    const other = after.get(task.taskId);
    if (!other || other.taskDigest !== task.taskDigest) return [];
    return [
      { ...pairedTask({ baseline: task, candidate: other }), planned: baseline.run.attempts, plannedCandidate: candidate.run.attempts },
    ];
  });
  const { worst, best } = missingBounds(planned);
  return [worst, best].some((tasks) => {
    const score = pairedScore(tasks);
    return score !== null && changes(score);
  });
}

const EXIT = { pass: 0, fail: 1, inconclusive: 3 } as const;

/** The verdict on an arm that is compared with itself. */
const SAME_ARM = {
  state: "identical",
  difference: null,
  cost: null,
  outcome: "pass",
  exitCode: 0,
  reasons: [{ kind: "same-arm" }],
} as const;

type Decision = { readonly outcome: keyof typeof EXIT; readonly reasons: readonly GateReason[] };

// A pass needs every check to pass and a failure needs one to fail, but both checks together must not fail by chance more often than one alone.
function decideOutcome(
  state: GateClaim,
  { cost, options, pWorse: p }: { readonly cost: CostDecision | null; readonly options: GateOptions; readonly pWorse: number | null },
): Decision {
  const wouldFail = state === "worse" || cost?.check.state === "over";
  // In a sequential gate the pass rate has bounds of its own, and the cost blocks at half the risk.
  const isSignificantAdjusted =
    cost === null ||
    cost.check.state === "unknown" ||
    (p === null ? state === "worse" || cost.pOver < options.alpha / 2 : holm([p, cost.pOver]).some((adjusted) => adjusted < options.alpha));
  if (wouldFail && isSignificantAdjusted) return { outcome: "fail", reasons: [] };
  const isOpen = wouldFail || state === "inconclusive" || (cost !== null && cost.check.state !== "within");
  if (!isOpen) return { outcome: "pass", reasons: [] };
  const reasons: readonly GateReason[] = wouldFail ? [{ kind: "fails-only-unadjusted" }] : [];
  if (options.onInconclusive === null) return { outcome: "inconclusive", reasons };
  return {
    outcome: options.onInconclusive,
    reasons: [...reasons, { kind: "inconclusive-counts-as", outcome: options.onInconclusive }],
  };
}
