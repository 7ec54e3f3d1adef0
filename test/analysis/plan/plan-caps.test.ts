import fc from "fast-check";
import { expect, test } from "vitest";
import { makePlan } from "../../../src/analysis/plan/make-plan.ts";
import type { PlanInputs } from "../../../src/analysis/plan/plan-result.ts";
import type { PastTrial } from "../../../src/core/history.ts";
import { foreseenCapSentence } from "../../../src/report/foreseen-cap-words.ts";
import { palette } from "../../../src/report/terminal/palette.ts";
import { planText, shortPlan } from "../../../src/report/terminal/plan-text.ts";
import { armInput, pastTrial, planInputs, plannedArmOf, planTasks } from "../../fixtures/plan.ts";

// One trial of each of ten tasks, at 1 to 10 times this many dollars.
const rising = (usd: number, changes: Partial<PastTrial> = {}): readonly PastTrial[] =>
  Array.from({ length: 10 }, (_, index) => pastTrial(index, { costUsd: (index + 1) * usd, ...changes }));

const sentences = (inputs: PlanInputs): readonly string[] => makePlan(inputs).caps.map(foreseenCapSentence);

test("trials that cost more than the cap in earlier runs of the model are expected to end at it, and cost no more than it", () => {
  const arm = plannedArmOf({}, { maxCostUsd: 0.075 });
  const inputs = planInputs([armInput(arm, { past: { kind: "model", trials: rising(0.01) } })]);
  const plan = makePlan(inputs);

  expect(sentences(inputs)).toEqual([
    "About 6 of 20 trials of gpt are likely to end at their cap of $0.075 each (earlier trials cost $0.06 in the middle, $0.10 at most).",
  ]);
  // 1 to 7 cents are what they are, the other three are cut at 7.5; twice each.
  expect(plan.arms[0]?.costUsd?.value).toBeCloseTo(2 * (0.28 + 3 * 0.075), 10);
  // The same trials without a cap cost more.
  expect(makePlan(planInputs([armInput(plannedArmOf(), { past: { kind: "model", trials: rising(0.01) } })])).cost.known.value).toBeCloseTo(
    1.1,
    10,
  );
});

test("earlier trials of the same arm that its cap ended are counted, although none of them cost as much as the cap", () => {
  const arm = plannedArmOf({}, { maxCostUsd: 0.05 });
  const trials = rising(0.001, { maxCostUsd: 0.05 }).map((trial, index) => ({ ...trial, endedAtCap: index < 4 }));
  const inputs = planInputs([armInput(arm, { past: { kind: "arm", trials } })]);

  expect(trials.every(({ costUsd }) => (costUsd ?? 0) < 0.05)).toBe(true);
  expect(sentences(inputs)).toEqual([
    "About 8 of 20 trials of gpt are likely to end at their cap of $0.05 each (4 of 10 earlier trials did).",
  ]);
});

test("what a trial would have cost that a lower cap ended is said to be unknown", () => {
  const arm = plannedArmOf({}, { maxCostUsd: 0.5 });
  const past = rising(0.001, { maxCostUsd: 0.02, endedAtCap: true });

  expect(sentences(planInputs([armInput(arm, { past: { kind: "model", trials: past } })]))).toEqual([
    "10 of 10 earlier trials of gpt ended at a lower cap ($0.02), so it is unknown how many of the 20 end at $0.5 each.",
  ]);
});

test("without earlier trials the assumed cost of a trial is held against the cap", () => {
  const low = plannedArmOf({}, { maxCostUsd: 0.05 });
  const high = plannedArmOf({}, { maxCostUsd: 5 });
  const assume = { costUsd: 0.5, seconds: null };

  expect(sentences(planInputs([armInput(low)]))).toEqual([
    "At the assumed $0.12 a trial, all 20 trials of gpt would end at their cap of $0.05 each, after about 4 of 10 responses.",
  ]);
  expect(sentences(planInputs([armInput(low)], { assume }))).toEqual([
    "At $0.50 a trial (--assume-cost), all 20 trials of gpt would end at their cap of $0.05 each.",
  ]);
  expect(sentences(planInputs([armInput(high)]))).toEqual([]);
});

test("a run and a model that cost more than their caps are expected to stop, and their cost is at most the cap", () => {
  const past = { kind: "arm", trials: rising(0.01) } as const;
  const one = armInput(plannedArmOf({ maxCostUsd: 0.55 }), { past });
  const other = armInput(plannedArmOf({ name: "other" }), { past });
  const inputs = planInputs([one, other], { caps: { maxCostUsd: 1.5, maxTokens: null } });
  const plan = makePlan(inputs);

  expect(sentences(inputs)).toEqual([
    "gpt is likely to stop at its max_cost of $0.55 after about 10 of 20 trials: its 20 trials are expected to cost $1.10.",
    "The run is likely to stop at --max-cost of $1.5 after about 36 of 40 trials: all 40 trials are expected to cost $1.65.",
  ]);
  expect(plan.arms[0]?.costUsd?.value).toBe(0.55);
  expect(plan.arms[0]?.worstCost).toEqual({ usd: 0.55, by: "max_cost" });
  expect(plan.cost).toMatchObject({ known: { value: 1.5 }, paidUsd: 1.5, worstUsd: 1.5 });
});

test("a cap between the expected cost and its upper bound may stop the run, and one above it is not mentioned", () => {
  const past = { kind: "arm", trials: rising(0.01) } as const;
  const at = (maxCostUsd: number): readonly string[] =>
    sentences(planInputs([armInput(plannedArmOf(), { past })], { caps: { maxCostUsd, maxTokens: null } }));

  expect(at(1.3)).toEqual(["The run may stop at --max-cost of $1.3: all 20 trials are expected to cost $1.10, but may cost $1.71."]);
  expect(at(2)).toEqual([]);
});

test("of two caps on a run, the one that is reached first is named", () => {
  const past = { kind: "arm", trials: rising(0.01) } as const;
  const at = (maxTokens: number): readonly string[] =>
    sentences(planInputs([armInput(plannedArmOf(), { past })], { caps: { maxCostUsd: 1, maxTokens } }));

  expect(at(20_000)).toEqual([
    "The run is likely to stop at --max-tokens of 20,000 after about 4 of 20 trials: all 20 trials are expected to use 100.0k tokens.",
  ]);
  expect(at(99_000)).toEqual([
    "The run is likely to stop at --max-cost of $1 after about 18 of 20 trials: all 20 trials are expected to cost $1.10.",
  ]);
});

test("a plan shows its caps below cost and time, and so does the line before a run", () => {
  const arm = plannedArmOf({}, { maxCostUsd: 0.05 });
  const plan = makePlan(planInputs([armInput(arm)], { caps: { maxCostUsd: 0.5, maxTokens: null } }));
  const caps = [
    "At the assumed $0.12 a trial, all 20 trials of gpt would end at their cap of $0.05 each, after about 4 of 10 responses.",
    "The run is likely to stop at --max-cost of $0.5 after about 10 of 20 trials: all 20 trials are expected to cost $1.00.",
  ] as const;

  expect(planText(plan, palette(false))).toContain(`at a time (assumed)\nCaps  ${caps[0]}\n      ${caps[1]}\n\nCould detect`);
  expect(shortPlan(plan)).toBe(["20 trials: about $0.50 (assumed), at most $0.50, about 5m 03s", ...caps].join("\n"));
});

test("at every size, a sentence counts no more trials than there are, in the right number, and a cap that is far away is silent", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 2, 5, 18, 225),
      fc.constantFrom(0, 1, 2, 5, 18, 225),
      fc.double({ min: 0.001, max: 10, noNaN: true }),
      fc.double({ min: 0.001, max: 10, noNaN: true }),
      (trials, earlier, capUsd, usd) => {
        const arm = plannedArmOf({ maxCostUsd: capUsd * 2 }, { maxCostUsd: capUsd });
        const past = Array.from({ length: earlier }, (_, index) => pastTrial(index, { costUsd: usd * (1 + (index % 3)) }));
        const changes = {
          suite: { name: "s", digest: "d", tasks: planTasks(trials) },
          attempts: 1,
          caps: { maxCostUsd: capUsd * 3, maxTokens: null },
        };
        const plan = makePlan(planInputs([armInput(arm, { past: { kind: "model", trials: past } })], changes));
        for (const cap of plan.caps) {
          const sentence = foreseenCapSentence(cap);
          expect(sentence).not.toMatch(/\b1 trials|\b0 of|\b1 of \d+ trials [^.]*\bare\b|NaN|undefined|null|unknown/);
          if ("trials" in cap) expect(cap.trials).toBeLessThanOrEqual(trials);
        }
        expect(plan.arms[0]?.costUsd?.value ?? 0).toBeLessThanOrEqual(capUsd * Math.min(2, trials) + 1e-9);
        if (earlier > 0 && usd * 3 < capUsd) expect(plan.caps.filter(({ kind }) => kind === "trial")).toEqual([]);
      },
    ),
  );
});
