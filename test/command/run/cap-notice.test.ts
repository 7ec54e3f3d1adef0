import { expect, test } from "vitest";
import { withCapNotices } from "../../../src/command/run/cap-notice.ts";
import type { Outcome } from "../../../src/core/trial.ts";
import { aKey, anArm, aTrial, graded } from "../../fixtures/record.ts";

const ARM = anArm("gpt");
const CAPPED = { ...ARM, settings: { ...ARM.settings, limits: { ...ARM.settings.limits, maxCostUsd: 0.05 } } };

// `c` ended at its cap, `-` did not, `e` is an error.
function noticesAfter(
  signs: string,
  { arm = CAPPED, maxTrialCost = 0.05, left = 1 }: { arm?: typeof CAPPED; maxTrialCost?: number; left?: number } = {},
): readonly string[] {
  const notices: string[] = [];
  const report = withCapNotices((event) => event.kind === "notice" && notices.push(event.text), [arm], { maxTrialCost });
  report({ kind: "run-started", runId: "r", arms: [arm], planned: signs.length + left, alreadyDone: 0 });
  for (const [index, sign] of signs.split("").entries()) {
    const whole = graded(false);
    const capped = { ...whole, stop: { kind: "budget-cost", detail: "" } } as Outcome;
    const outcome: Outcome = sign === "c" ? capped : sign === "e" ? { kind: "error", source: "provider", message: "down" } : whole;
    report({ kind: "trial-finished", trial: aTrial(aKey({ armId: arm.id, attempt: index + 1 }), outcome, { costUsd: 0.012 }) });
  }
  return notices;
}

const told = (of: number, maximum = "--max-trial-cost"): string =>
  `5 of the last ${of} trials of gpt ended at their cap of $0.05 each, with 24 % of it used; to let the others go on, stop this run and start another with a higher ${maximum}.`;

test.for([
  { signs: "c", says: [] },
  { signs: "cccc", says: [] },
  { signs: "ccccc", says: [told(5)] },
  { signs: "c".repeat(40), says: [told(5)] },
  { signs: "cec-ccec", says: [told(6)] },
  { signs: `${"-".repeat(20)}ccccc`, says: [] },
  { signs: "-".repeat(40), says: [] },
])("after trials that end as $signs, the notice comes once, and only where it is plain", ({ signs, says }) => {
  expect(noticesAfter(signs)).toEqual(says);
});

test("when no trial is left there is nothing to stop, and the table says it", () => {
  expect(noticesAfter("ccccc", { left: 0 })).toEqual([]);
});

test("a cap that models.yaml sets is named as such, and an arm without a cap has no notice", () => {
  expect(noticesAfter("ccccc", { maxTrialCost: 1 })).toEqual([told(5, "max_trial_cost")]);
  expect(
    noticesAfter("ccccc", {
      arm: { ...ARM, settings: { ...ARM.settings, limits: { ...ARM.settings.limits, maxCostUsd: null } } } as never,
    }),
  ).toEqual([]);
});
