import type { TrialCap } from "../../core/cap.ts";
import type { Reporter } from "../../core/event.ts";
import type { Arm, Trial } from "../../core/trial.ts";
import { earlyCapNotice } from "../../report/cap-words.ts";
import type { RunFlags } from "./run-settings.ts";

type Seen = { finished: number; ended: number; spentUsd: number | null; assumedUsd: number; isTold: boolean };

// So few say nothing about the others.
const MIN_ENDED = 5;
const MIN_SHARE = 0.5;

/**
 * Passes the events of a run on, and adds a notice once it is plain that the cap on the cost of a trial ends the trials of an arm: at least five of those that finished, and
 * half of them, while others are left. Trials that were finished before are not counted.
 */
export function withCapNotices(report: Reporter, arms: readonly Arm[], flags: Pick<RunFlags, "maxTrialCost">): Reporter {
  const seenOf = new Map<string, Seen>();
  let left = 0;
  return (event) => {
    report(event);
    if (event.kind === "run-started") left = event.planned - event.alreadyDone;
    if (event.kind !== "trial-finished") return;
    left -= 1;
    const { trial } = event;
    const arm = arms.find(({ id }) => id === trial.key.armId);
    const maxUsd = arm?.settings.limits.maxCostUsd ?? null;
    if (arm === undefined || maxUsd === null || trial.outcome.kind !== "graded") return;
    const seen = seenOf.get(arm.id) ?? { finished: 0, ended: 0, spentUsd: 0, assumedUsd: 0, isTold: false };
    seenOf.set(arm.id, seen);
    count(seen, trial);
    if (left === 0 || seen.isTold || seen.ended < MIN_ENDED || seen.ended < MIN_SHARE * seen.finished) return;
    seen.isTold = true;
    const setBy: TrialCap["setBy"] = flags.maxTrialCost === maxUsd ? "--max-trial-cost" : "max_trial_cost";
    const { ended, spentUsd, assumedUsd } = seen;
    report({ kind: "notice", text: earlyCapNotice(arm.name, seen.finished, { ended, spentUsd, assumedUsd, maxUsd, setBy }) });
  };
}

function count(seen: Seen, { outcome, totals }: Trial): void {
  seen.finished += 1;
  if (outcome.kind !== "graded" || outcome.stop.kind !== "budget-cost") return;
  seen.ended += 1;
  seen.spentUsd = seen.spentUsd === null || totals.costUsd === null ? null : seen.spentUsd + totals.costUsd;
  seen.assumedUsd += totals.assumedUsd;
}
