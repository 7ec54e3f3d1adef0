import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import type { Comparison, MismatchSubject } from "../../src/analysis/comparison.ts";
import { comparisonSentence, mismatchWords, unevenSentence } from "../../src/report/comparison-words.ts";
import { anArmInRun } from "../fixtures/report.ts";

const times = (count: number, ...values: readonly number[]): readonly number[] => Array.from({ length: count }, () => values).flat();

function comparison(before: readonly number[], after: readonly number[], scope: "tasks" | "suite" = "tasks"): Comparison {
  const [one] = compareArms([anArmInRun("a", before), anArmInRun("b", after)], scope).comparisons;
  if (!one) throw new Error("no comparison");
  return one;
}

test("the closing sentence speaks of the candidate, whichever side is better", () => {
  const [solver, failer] = [times(18, 3), times(18, 0)];

  expect(comparisonSentence(comparison(failer, solver))).toMatch(
    /^Better: b passes 100\.0 points more than a \[\+\d+\.\d to \+\d+\.\d\] over tasks like these\.$/,
  );
  expect(comparisonSentence(comparison(solver, failer))).toMatch(
    /^Worse: b passes 100\.0 points less than a \[-\d+\.\d to -\d+\.\d\] over tasks like these\.$/,
  );
});

test("a sentence over exactly these tasks counts them", () => {
  expect(comparisonSentence(comparison(times(9, 1, 0), times(9, 3, 2), "suite"))).toMatch(/ over exactly these 18 tasks\.$/);
});

test("a tie names the difference that would have been missed", () => {
  const counts = times(6, 3, 0, 2);

  expect(comparisonSentence(comparison(counts, counts))).toMatch(
    /^Cannot tell: b passes as often as a \[.*would often have been missed\.$/,
  );
});

test("a small difference comes with how many more trials would show it, or that none within reach would", () => {
  const before = times(5, 3, 0, 2, 1);

  expect(comparisonSentence(comparison(before, [3, 1, 2, 1, ...before.slice(4)]))).toMatch(
    /(about [\d,]+ more trials \(\d+ (attempts of each task|tasks like these) in all\) would show a true difference of this size 4 times in 5|no number of trials within reach would show a difference of this size)\.$/,
  );
});

test.for([
  { tasks: 0, sentence: "Cannot tell: a and b have no graded task in common." },
  { tasks: 1, sentence: "Cannot tell: results on one task do not generalize to others; compare on more tasks." },
])("the sentence over $tasks tasks says why there is no verdict", ({ tasks, sentence }) => {
  expect(comparisonSentence(comparison(times(tasks, 3), times(tasks, 0)))).toBe(sentence);
});

test.for<{ subject: MismatchSubject; baseline: string | null; words: string }>([
  { subject: { kind: "tasks", compared: 2, leftOut: 3 }, baseline: "mini 5f0c", words: "tasks (2 in common, 3 left out): mini 5f0c" },
  { subject: { kind: "harness-version" }, baseline: "1", words: "harness and grader version: 1" },
  { subject: { kind: "runtime" }, baseline: null, words: "container runtime: the engine's own" },
  { subject: { kind: "setting", name: "limits.maxIterations" }, baseline: null, words: "limits.maxIterations: -" },
  {
    subject: { kind: "several-parts", parts: ["model", "prompt"] },
    baseline: "gpt, default",
    words: "both model and prompt: gpt, default",
  },
  { subject: { kind: "agent" }, baseline: "loop", words: "agent: loop" },
])("a mismatch is written as $words", ({ subject, baseline, words }) => {
  const written = mismatchWords({ subject, baseline, candidate: "other", misleading: true });

  expect(`${written.what}: ${written.baseline}`).toBe(words);
  expect(written).toMatchObject({ candidate: "other", misleading: true });
});

const CLAIM: Comparison = comparison(times(18, 0), times(18, 3));

test.for<{ changes: Partial<Comparison>; says: RegExp }>([
  {
    changes: {
      allowances: [{ kind: "comparisons", count: 7, of: "baseline", arms: 8 }],
      difference: { ...CLAIM.difference, adjustedP: 0.012 },
    },
    says: /^Better: .* over tasks like these, among all 7 comparisons with a \(adjusted p = 0\.012\)\.$/,
  },
  {
    changes: {
      allowances: [{ kind: "comparisons", count: 28, of: "pairs", arms: 8 }],
      difference: { ...CLAIM.difference, adjustedP: 0.012 },
    },
    says: /, among all 28 pairs of 8 arms \(adjusted p = 0\.012\)\.$/,
  },
  {
    changes: { allowances: [{ kind: "planned", others: 6 }] },
    says: /, a pair chosen beforehand \(--planned\), so that 6 other comparisons do not count\.$/,
  },
  { changes: { allowances: [{ kind: "rounds", round: 2, planned: 5 }] }, says: /, with the bounds of a gate in 5 rounds\.$/ },
  { changes: { allowances: [{ kind: "looks", looks: 3 }] }, says: /, with bounds for 3 looks at these arms while their trials grew\.$/ },
  { changes: { fragile: true, signFlipP: 0.061 }, says: /, narrowly: an exact test has p = 0\.061\.$/ },
  { changes: { equivalence: { margin: 0.05, shown: true } }, says: / over tasks like these, though by less than 5\.0 points\.$/ },
  {
    changes: { verdict: { kind: "cannot-tell", needed: null, cause: { kind: "depends-on-missing-grades", missing: 3 } } },
    says: /^Cannot tell: b passes .*, but not for every result that 3 trials without a grade could have\.$/,
  },
  {
    changes: { verdict: { kind: "cannot-tell", needed: null, cause: { kind: "unequal-errors", baseline: 0, candidate: 12 } } },
    says: /^Cannot tell: errors hit one side more than the other \(0 against 12\), so the graded trials are not a fair sample\.$/,
  },
])("the sentence names what its decision allows for: $says", ({ changes, says }) => {
  expect(comparisonSentence({ ...CLAIM, ...changes })).toMatch(says);
});

test("costs and times that a few tasks decide are named, tokens are not", () => {
  expect(unevenSentence([{ metric: "cost", uneven: false }])).toBeNull();
  expect(unevenSentence([{ metric: "output-tokens", uneven: true }])).toBeNull();
  expect(
    unevenSentence([
      { metric: "cost", uneven: true },
      { metric: "time", uneven: true },
    ]),
  ).toBe("The difference in cost of a trial, time of a trial hangs on few tasks: the interval may be too narrow, and its p too small.");
});
