import { expect, test } from "vitest";
import { countIsolation, isolationSentences } from "../../src/core/isolation-words.ts";

test("nothing is said where every task was graded in isolation, or where that is not known", () => {
  expect(isolationSentences(countIsolation(["process", null]))).toEqual([]);
  expect(isolationSentences(countIsolation([]))).toEqual([]);
});

test("tasks that were graded with less are counted, a sentence for each kind", () => {
  expect(isolationSentences(countIsolation(["none", "process", "none", "process-one-user", null]))).toEqual([
    "Graded without isolation: 2 of 5 tasks; code written against their tests can pass.",
    "Graded as the user of the tests, since the sandbox has one user: 1 of 5 tasks.",
  ]);
});
