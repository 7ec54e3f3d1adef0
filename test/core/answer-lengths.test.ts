import { expect, test } from "vitest";
import { AnswerLengths, NONE_BROKEN_OFF, sumOfBrokenOff } from "../../src/core/answer-lengths.ts";
import type { BrokenOff } from "../../src/core/spending.ts";
import { seededRandom } from "../faults/counted-run.ts";

/** Requests whose prompts cost a cent for 1,000 tokens, and whose answers may have 16,000 tokens at $0.00001; each was tried so often. */
const broken = (requests: number, tries = 1): BrokenOff => ({
  requests,
  squaredSeries: requests * tries,
  longestSeries: tries,
  promptUsd: 0.01 * requests,
  promptTokens: 1000 * requests,
  outputUsd: 0.16 * requests,
  outputTokens: 16_000 * requests,
});

test("nothing is assumed where nothing broke off", () => {
  expect(new AnswerLengths([100]).assume(NONE_BROKEN_OFF)).toEqual({ usd: 0, tokens: 0, keptUsd: 0, keptTokens: 0 });
});

test("without any answer the longest one is kept back beside what is assumed", () => {
  const { usd, tokens, keptUsd, keptTokens } = new AnswerLengths().assume(broken(2));

  expect(tokens).toBe(2000 + 2 * 2048);
  expect(tokens + keptTokens).toBe(2000 + 2 * 16_000);
  expect(usd + keptUsd).toBeCloseTo(0.34, 12);
});

test("a request that broke off is assumed to have had a mean answer, and one longer than the longest is kept back", () => {
  const { usd, tokens, keptTokens } = new AnswerLengths([100, 200, 300, 400, 1000]).assume(broken(1));

  expect(tokens).toBe(1000 + 400);
  expect(usd).toBeCloseTo(0.01 + 400 * 0.000_01, 12);
  expect(keptTokens).toBeCloseTo(1.7 * 1000 - 400, -1);
});

test("what is kept back grows more slowly than the number of requests, and never exceeds the longest answers", () => {
  const lengths = new AnswerLengths(Array.from({ length: 100 }, (_, index) => (index % 20 === 0 ? 4000 : 300)));
  const kept = (requests: number): number => lengths.assume(broken(requests)).keptTokens / requests;

  expect(kept(1)).toBeGreaterThan(4000);
  expect(kept(10)).toBeLessThan(kept(1) / 2);
  expect(kept(100)).toBeLessThan(kept(10) / 2);
  const long = new AnswerLengths([16_000, 16_000, 16_000, 16_000, 16_000]).assume(broken(3));
  expect(long).toMatchObject({ tokens: 3 * 17_000, keptTokens: 0 });
});

test("the usual length is one that four of five answers do not exceed, known after five answers", () => {
  const lengths = new AnswerLengths([500, 100, 400, 300]);
  expect(lengths.usual()).toBeNull();
  expect(lengths.longest()).toBeNull();

  lengths.add(200);

  expect(lengths.usual()).toBe(400);
  expect(lengths.longest()).toBe(500);
});

test("what requests that broke off really cost is within what is assumed and kept back, but for one time in fifty", () => {
  // Usually short, one in twenty ten times as long.
  const random = seededRandom(3);
  const length = (): number => (100 + Math.floor(400 * random())) * (random() < 0.05 ? 10 : 1);
  const draws = 2000;
  let within = 0;
  let withinMean = 0;
  for (let draw = 0; draw < draws; draw++) {
    const lengths = new AnswerLengths(Array.from({ length: 150 }, length));
    const lost = Array.from({ length: 1 + Math.floor(20 * random()) }, length);
    const { tokens, keptTokens } = lengths.assume(broken(lost.length));
    const used = lost.reduce((sum, each) => sum + 1000 + each, 0);
    if (used <= tokens + keptTokens) within += 1;
    if (used <= tokens) withinMean += 1;
  }

  expect(within / draws).toBeGreaterThan(0.98);
  // The mean alone would be too little in many cases.
  expect(withinMean / draws).toBeLessThan(0.8);
});

test("tries of one request, whose answers are alike, cost no more than is assumed and kept back, but for one time in fifty", () => {
  const random = seededRandom(4);
  const length = (): number => (100 + Math.floor(400 * random())) * (random() < 0.05 ? 10 : 1);
  const draws = 2000;
  const within = (seen: (requests: number, tries: number) => BrokenOff): number => {
    let count = 0;
    for (let draw = 0; draw < draws; draw++) {
      const lengths = new AnswerLengths(Array.from({ length: 150 }, length));
      const tries = 2 + Math.floor(3 * random());
      const requests = 1 + Math.floor(4 * random());
      const lost = Array.from({ length: requests }, length).reduce((sum, each) => sum + tries * (1000 + each), 0);
      const { tokens, keptTokens } = lengths.assume(seen(requests * tries, tries));
      if (lost <= tokens + keptTokens) count += 1;
    }
    return count / draws;
  };

  expect(within(broken)).toBeGreaterThan(0.98);
  // As if each were a request of its own.
  expect(within((requests) => broken(requests))).toBeLessThan(0.95);
});

test("requests that broke off add up", () => {
  expect(sumOfBrokenOff(broken(1), broken(2))).toEqual({ ...broken(3), promptUsd: expect.closeTo(0.03), outputUsd: expect.closeTo(0.48) });
});
