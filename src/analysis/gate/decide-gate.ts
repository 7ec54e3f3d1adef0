import type { Arm } from "../../core/trial.ts";
import { gateClaim } from "../../stats/gate.ts";
import { type PairedScore, type PairedTask, pairedScore } from "../../stats/paired.ts";
import { commonTasks, pairedTask } from "../common-task.ts";
import { changeBetween } from "../compare.ts";
import type { Side } from "../comparison.ts";
import { type ComparisonTest, detectableDifference, undecidableTasks } from "../comparison-power.ts";
import { flawsOf } from "../find-flaws.ts";
import { filledTasks } from "../missing-grades.ts";
import type { ArmInRun } from "../summary.ts";
import { capReasons } from "./cap-reason.ts";
import type { GateReason, GateResult, SequentialPath } from "./gate-result.ts";
import type { GateLook } from "./gate-risk.ts";
import { type JudgedTerms, judgeGate, type Ruling } from "./judge-gate.ts";

/**
 * The terms of a gate. Shares, not points: a `margin` of 0.03 is 3 points, the loss in pass rate that is still acceptable. `alpha` is the one-sided risk of each
 * wrong claim; `maxCostIncrease` null leaves the cost unchecked.
 */
export type GateOptions = JudgedTerms & {
  readonly mode: GateResult["mode"];
  /** The outcome of an inconclusive gate; null keeps it inconclusive. */
  readonly onInconclusive: "pass" | "fail" | null;
  /** Whether to find out which drop could have been found, which takes a moment; true unless told otherwise. */
  readonly power?: boolean;
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
  const { margin, alpha, mode, failWhen } = options;
  const base = { ...labels, margin, alpha, mode, failWhen, sequential: final?.path ?? null };
  if (baseline.run.id === candidate.run.id && baseline.arm.armId === candidate.arm.armId) return { ...base, ...SAME_ARM };

  const { common } = commonTasks(baseline.arm.perTask, candidate.arm.perTask);
  const judged = judgeGate(sides, common, { terms: options, look: final && lookOf(final) });
  const { score, bounds, boundsOf, claim, cost } = judged;
  const flaws = flawsOf(sides);
  const figures = { ...base, difference: score && bounds && { value: score.difference, ...bounds }, cost };
  const ofCaps = capReasons(sides, (tasks) => {
    const other = pairedScore(tasks);
    return other !== null && bounds !== null && gateClaim(boundsOf(other), margin) !== claim;
  });
  if (flaws.length > 0)
    return {
      ...figures,
      state: "invalid",
      decidedBy: null,
      outcome: "invalid",
      exitCode: 4,
      reasons: [...flaws, ...ofCaps.filter(({ kind }) => kind === "ended-at-cap")],
    };

  const hangsOnMissing = dependsOnMissing(sides, (score) => gateClaim(boundsOf(score), margin) !== claim);
  const state = hangsOnMissing && mode === "non-inferiority" ? "inconclusive" : claim;
  const ruling = judged.rule(state);
  const decision = outcomeOf(ruling, options);
  const change = changeBetween(baseline.arm, candidate.arm);
  const isOpen = state !== "worse" && state !== "better";
  const test = { alphaOneSided: alpha, critical: final?.critical, change, scope: "tasks" } as const;
  const reasons: readonly GateReason[] = [
    { kind: "pass-rate" },
    ...(cost === null ? [] : [{ kind: "cost" } as const]),
    ...ofCaps,
    ...(hangsOnMissing ? [{ kind: "depends-on-missing-grades" } as const] : []),
    ...decision.reasons,
    ...(cost !== null && final && options.formerCost ? [{ kind: "former-cost" } as const] : []),
    ...(cost?.uneven ? [{ kind: "uneven-costs" } as const] : []),
    ...(isOpen && options.power !== false ? powerReason(common.map(pairedTask), test) : []),
  ];
  const decidedBy = ruling.kind === "open" ? null : ruling.by;
  return { ...figures, state, decidedBy, outcome: decision.outcome, exitCode: EXIT[decision.outcome], reasons };
}

function lookOf({ path }: FinalAnalysis): GateLook {
  return { round: path.looks.at(-1)?.round ?? path.plannedRounds, rounds: path.plannedRounds };
}

// Says which drop would have been found, or that none could have been.
function powerReason(tasks: readonly PairedTask[], test: ComparisonTest): readonly GateReason[] {
  const none = undecidableTasks(tasks, test.alphaOneSided);
  if (none) return [{ kind: "undecidable", ...none }];
  return [{ kind: "detectable-drop", difference: detectableDifference(tasks, test, true) }];
}

// Checks whether the worst or the best guess about every missing trial would change the claim.
function dependsOnMissing(sides: GateSides, changes: (score: PairedScore) => boolean): boolean {
  const { worst, best } = filledTasks(sides);
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
  decidedBy: null,
  outcome: "pass",
  exitCode: 0,
  reasons: [{ kind: "same-arm" }],
} as const;

/** Decides a gate whose arms are one and the same before anything is run. */
export function sameArmNotRun([arm]: readonly Arm[], { margin, alpha, mode, failWhen }: GateOptions): GateResult {
  const side = { label: arm?.name ?? "", armId: arm?.id ?? "", runId: "", scripted: arm?.model.api === "scripted" };
  const sides = { baseline: side, candidate: side };
  return { ...sides, margin, alpha, mode, failWhen, sequential: null, ...SAME_ARM, reasons: [{ kind: "same-arm-not-run" }] };
}

type Decision = { readonly outcome: keyof typeof EXIT; readonly reasons: readonly GateReason[] };

function outcomeOf(ruling: Ruling, { onInconclusive }: GateOptions): Decision {
  if (ruling.kind !== "open") return { outcome: ruling.kind, reasons: [] };
  const reasons: readonly GateReason[] = ruling.unadjusted ? [{ kind: "fails-only-unadjusted" }] : [];
  if (onInconclusive === null) return { outcome: "inconclusive", reasons };
  return { outcome: onInconclusive, reasons: [...reasons, { kind: "inconclusive-counts-as", outcome: onInconclusive }] };
}
