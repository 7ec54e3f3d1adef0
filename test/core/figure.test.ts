import { expect, test } from "vitest";
import { doubtNotes, markedCost, markedOutput, trialDoubtNotes, uncachedTokens } from "../../src/core/figure.ts";
import { CERTAIN } from "../fixtures/record.ts";

test.for([
  { title: "certain", doubts: {}, cost: "$0.420" },
  { title: "beside requests that may have been billed", doubts: { unbilledAttempts: 3 }, cost: "$0.420+" },
  { title: "from figures that disagree", doubts: { doubtfulUsageSteps: 2 }, cost: "$0.420?" },
  { title: "both", doubts: { unbilledAttempts: 3, doubtfulUsageSteps: 2 }, cost: "$0.420+?" },
])("a cost that is $title is written with its mark", ({ doubts, cost }) => {
  expect(markedCost(0.42, { ...CERTAIN, ...doubts })).toBe(cost);
  expect(markedCost(null, { ...CERTAIN, ...doubts })).toBe("unknown");
});

test("where no cost is known, the output tokens bear the mark of figures that disagree", () => {
  expect(markedOutput({ outputTokens: 1200, costUsd: null, doubtfulUsageSteps: 1 })).toBe("1.2k?");
  expect(markedOutput({ outputTokens: 1200, costUsd: 0.1, doubtfulUsageSteps: 1 })).toBe("1.2k");
  expect(markedOutput({ outputTokens: null, costUsd: null, doubtfulUsageSteps: 1 })).toBe("unknown");
});

test("uncached tokens with an unknown part are unknown", () => {
  expect(uncachedTokens({ inputTokens: 100, cacheWriteTokens: 10 })).toBe(110);
  expect(uncachedTokens({ inputTokens: 100, cacheWriteTokens: null })).toBeNull();
  expect(uncachedTokens({ inputTokens: null, cacheWriteTokens: 10 })).toBeNull();
});

test("figures without a doubt have no note", () => {
  expect(doubtNotes([CERTAIN, CERTAIN])).toEqual([]);
});

test("each mark is explained once for all arms, and what is assumed is told apart from the cost", () => {
  const arms = [
    { ...CERTAIN, unbilledAttempts: 2, assumedUsd: 0.04 },
    { ...CERTAIN, unbilledAttempts: 1, assumedUsd: 0.02, doubtfulUsageSteps: 12 },
  ];

  expect(doubtNotes(arms)).toEqual([
    "+ 3 requests failed or were cut off and may have been billed: $0.060 more is assumed, and not part of the cost.",
    '? In 12 steps the provider\'s figures disagree: tokens do not add up, or its cost is more than 2 % from the price; "bench show" has them.',
  ]);
});

test("without a price nothing is said of an amount, and beside the steps themselves not where to find them", () => {
  expect(trialDoubtNotes({ ...CERTAIN, unbilledAttempts: 1, doubtfulUsageSteps: 1 })).toEqual([
    "+ 1 request failed or was cut off and may have been billed in addition.",
    "? In 1 step the provider's figures disagree: tokens do not add up, or its cost is more than 2 % from the price.",
  ]);
});

test("an answer without a count is among the requests that may have been billed", () => {
  expect(doubtNotes([{ ...CERTAIN, unbilledAttempts: 4, assumedUsd: 0.075, unknownUsageSteps: 4 }])).toEqual([
    "+ 4 requests failed, broke off or had no count of tokens and may have been billed: $0.075 more is assumed, and not part of the cost.",
    'Tokens are unknown: in 4 steps the provider gave no count; some servers give one only with "stream: false".',
  ]);
});
