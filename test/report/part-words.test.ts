import { expect, test } from "vitest";
import type { PartDifference } from "../../src/analysis/comparison.ts";
import { partsSentence } from "../../src/report/part-words.ts";
import { aComparison, anArmReport } from "../fixtures/report.ts";

function part(name: string, shown: PartDifference["shown"]): PartDifference {
  const rate = anArmReport().passRate;
  return {
    kind: "tag",
    name,
    tasks: 6,
    passRate: { baseline: rate, candidate: rate },
    difference: { value: -0.2, low: -0.4, high: 0, p: 0.04, adjustedP: 0.2 },
    shown,
  };
}

test("without tags and groups nothing is said", () => {
  expect(partsSentence(aComparison())).toBeNull();
});

test("the number of parts that were looked at is named, and that none is shown to differ", () => {
  expect(partsSentence(aComparison({ parts: [part("web", null), part("cli", null)] }))).toBe(
    "Each interval is that of its part alone, and of 2 parts some may exclude 0 by chance. No part is shown to differ among all 2 parts looked at (Holm).",
  );
});

test("what holds among all parts is named by direction, with the comparisons that it is judged among", () => {
  const parts = [part("web", "worse"), part("cli", "better"), part("api", "worse"), part("data", null)];
  const allowances = [{ kind: "comparisons", count: 7, of: "baseline", arms: 8 }] as const;

  expect(partsSentence(aComparison({ parts, allowances }))).toBe(
    "Each interval is that of its part alone, and of 4 parts some may exclude 0 by chance. Shown among all 4 parts looked at and all 7 comparisons with gpt-5.1 (Holm): worse on web, api; better on cli.",
  );
});

test("data with a flaw allow no claim on a part", () => {
  const verdict = { kind: "cannot-tell", needed: null, cause: { kind: "unequal-errors", baseline: 0, candidate: 9 } } as const;

  expect(partsSentence(aComparison({ parts: [part("web", null)], verdict }))).toContain("Nothing is claimed of parts of such data.");
});
