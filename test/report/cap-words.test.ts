import fc from "fast-check";
import { expect, test } from "vitest";
import type { CapStop, TrialCap } from "../../src/core/cap.ts";
import { type CappedFigures, capSentences, comparisonCapNote, earlyCapNotice } from "../../src/report/cap-words.ts";

const aCap = (changes: Partial<TrialCap> = {}): TrialCap => ({
  maxUsd: 0.05,
  setBy: "--max-trial-cost",
  ended: 40,
  failed: 40,
  spentUsd: 0.48,
  assumedUsd: 0,
  errors: 0,
  ...changes,
});

const anArm = (changes: Partial<TrialCap> = {}, label = "gpt-x", graded = 40): CappedFigures => ({
  label,
  graded,
  trialCap: aCap(changes),
});

const ofArms = (...arms: readonly CappedFigures[]): readonly string[] => capSentences({ arms, capStops: [] });

test("an arm whose trials all ended at their cap is said to have, with what they used of it and what to raise", () => {
  expect(ofArms(anArm())).toEqual([
    "40 of 40 trials of gpt-x ended at their cap of $0.05 each, with 24 % of it used; their next requests could have cost more than was left; raise --max-trial-cost to let them go on.",
  ]);
});

test("what is only assumed is said apart from what is used", () => {
  const [sentence] = ofArms(anArm({ assumedUsd: 0.2 }));

  expect(sentence).toContain("with 24 % of it used and 10 % assumed for requests that may have been billed;");
});

test("an arm without a cap, and one that none of its trials reached, say nothing", () => {
  expect(ofArms({ label: "gpt-x", graded: 40, trialCap: null }, anArm({ ended: 0, failed: 0, spentUsd: 0 }))).toEqual([]);
});

test("a comparison says beside its verdict which side its cap ended, and for whom the figures hold", () => {
  const capped = anArm();
  const free = anArm({ ended: 0 }, "other");

  expect(comparisonCapNote(free, capped)).toBe(
    "40 of 40 trials of gpt-x ended at their cap of $0.05 each, with 24 % of it used; no trial of other did, and the figures hold for gpt-x within its cap only.",
  );
  expect(comparisonCapNote(capped, free)).toBe(comparisonCapNote(free, capped));
  expect(comparisonCapNote(anArm({ ended: 1, spentUsd: 0.04 }, "other"), capped)).toBe(
    "40 of 40 trials of gpt-x ended at their cap of $0.05 each, with 24 % of it used; 1 of 40 trials of other ended at its cap of $0.05, with 80 % of it used; the figures hold within these caps only.",
  );
  expect(comparisonCapNote(free, free)).toBeNull();
  expect(comparisonCapNote(undefined, free)).toBeNull();
});

test("while a run goes on, a notice names the cap of the arm whose last trials ended at it", () => {
  expect(earlyCapNotice("gpt-x", 5, aCap({ ended: 5, spentUsd: 0.06, setBy: "max_trial_cost" }))).toBe(
    "5 of the last 5 trials of gpt-x ended at their cap of $0.05 each, with 24 % of it used; to let the others go on, stop this run and start another with a higher max_trial_cost.",
  );
});

const SIZES = fc.constantFrom(0, 1, 2, 5, 18, 225);

test("at every size the numbers fit their nouns and verbs, and no amount is unreadable", () => {
  fc.assert(
    fc.property(
      fc.record({ graded: SIZES, ended: SIZES, errors: SIZES, left: SIZES, brokenOff: SIZES }),
      fc.double({ min: 0.0001, max: 100, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      ({ graded, ended: most, errors, left, brokenOff }, maxUsd, share) => {
        const ended = Math.min(graded, most);
        const trialCap = aCap({ ended, errors, maxUsd, spentUsd: share * ended * maxUsd, assumedUsd: (1 - share) * ended * maxUsd });
        const stop = (owner: string | null, kind: "usd" | "tokens"): CapStop => ({
          owner,
          cap: { kind, most: kind === "usd" ? maxUsd : 1000 },
          spent: share * maxUsd,
          assumed: brokenOff,
          brokenOff,
          left: Math.min(left, Math.max(1, graded)),
          of: Math.max(1, graded),
        });
        const capStops = [stop(null, "usd"), stop(null, "tokens"), stop("gpt-x", "usd")];
        const sentences = capSentences({ arms: [{ label: "gpt-x", graded, trialCap }], capStops });

        expect(sentences).toHaveLength(3 + Number(ended > 0) + Number(errors > 0));
        for (const sentence of sentences) {
          expect(sentence).toMatch(/^[A-Z\d].*\.$/);
          expect(sentence).not.toMatch(/\b1 (trials|requests)\b|\b(?!1\b)\d+ (trial|request)\b|NaN|undefined|null|Infinity|e-\d| {2}/);
          expect(sentence).not.toMatch(/\b1 of \d+ trials? [^;:]*\b(their|are|them)\b/);
          expect(sentence).not.toMatch(/\b([2-9]|\d{2,}) of \d+ trials [^;:]*\b(its|is)\b/);
          if (brokenOff === 0) expect(sentence).not.toContain("broke off and");
        }
      },
    ),
  );
});
