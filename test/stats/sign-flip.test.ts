import fc from "fast-check";
import { expect, test } from "vitest";
import { signFlip, signFlipOf } from "../../src/stats/sign-flip.ts";
import { anySuite, singleAttempts } from "./pair-arbitrary.ts";
import { mcnemar } from "./reference/mcnemar.ts";

test("with single attempts it is McNemar's test", () => {
  const count = fc.integer({ min: 0, max: 15 });
  fc.assert(
    fc.property(count, count, count, (both, baselineOnly, candidateOnly) => {
      const flip = signFlip(singleAttempts({ both, baselineOnly, candidateOnly, neither: 3 }));
      const test = mcnemar({ baselineOnly, candidateOnly });

      expect(flip?.twoSidedExactP).toBeCloseTo(test.exact, 10);
      expect(flip?.twoSidedMidP).toBeCloseTo(test.midP, 10);
      expect(flip?.lowerExactP).toBeCloseTo(test.worseExact, 10);
      expect(flip?.lowerMidP).toBeCloseTo(test.worseMidP, 10);
    }),
  );
});

test("at a tie the mid-p and the corrected p of McNemar's test are 1", () => {
  for (const count of [1, 4, 17]) {
    const tie = { baselineOnly: count, candidateOnly: count };

    expect(mcnemar(tie).midP).toBeCloseTo(1, 12);
    expect(mcnemar(tie).asymptoticCorrected).toBeCloseTo(1, 12);
    expect(signFlip(singleAttempts({ both: 2, neither: 3, ...tie }))?.twoSidedMidP).toBeCloseTo(1, 12);
  }
});

test("it agrees with trying every sign", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -12, max: 12 }), { minLength: 1, maxLength: 9 }), (differences) => {
      const seen = differences.reduce((sum, difference) => sum + difference, 0);
      let [below, equal] = [0, 0];
      for (let signs = 0; signs < 2 ** differences.length; signs++) {
        const sum = differences.reduce((total, difference, index) => total + ((signs >> index) % 2 === 0 ? 1 : -1) * difference, 0);
        below += Number(sum < seen);
        equal += Number(sum === seen);
      }
      const all = 2 ** differences.length;
      const flip = signFlipOf(differences);

      expect(flip?.lowerMidP).toBeCloseTo((below + equal / 2) / all, 12);
      expect(flip?.lowerExactP).toBeCloseTo((below + equal) / all, 12);
      expect((flip?.lowerMidP ?? 0) + (flip?.upperMidP ?? 0)).toBeCloseTo(1, 12);
    }),
  );
});

test("the unit of the differences does not matter", () => {
  const differences = [3, -1, 2, 2, 0, -3, 5];

  expect(signFlipOf(differences.map((value) => value * 7))?.twoSidedMidP).toBeCloseTo(signFlipOf(differences)?.twoSidedMidP ?? 0, 14);
});

test("fractions of unequal trials are counted on their common lattice", () => {
  fc.assert(
    fc.property(anySuite(4), (tasks) => {
      const flip = signFlip(tasks);
      const mean = tasks.reduce(
        (sum, { baseline, candidate }) => sum + candidate.passed / candidate.trials - baseline.passed / baseline.trials,
        0,
      );

      expect(flip && flip.statistic / flip.lattice).toBeCloseTo(mean, 9);
    }),
  );
});

test("no difference anywhere gives no evidence", () => {
  expect(signFlip(singleAttempts({ both: 4, baselineOnly: 0, candidateOnly: 0, neither: 4 }))).toMatchObject({
    informative: 0,
    twoSidedExactP: 1,
    twoSidedMidP: 1,
  });
});

test("trials without a manageable common multiple give no answer instead of a long wait", () => {
  const primes = [31, 37, 41, 43, 47, 53, 59, 61];
  const tasks = primes.map((trials) => ({ baseline: { passed: 1, trials }, candidate: { passed: 3, trials } }));

  expect(signFlip(tasks)).toBeNull();
  expect(
    signFlip(
      Array.from({ length: 900 }, (_, index) => ({ baseline: { passed: 1, trials: index + 1 }, candidate: { passed: 0, trials: 1 } })),
    ),
  ).toBeNull();
});
