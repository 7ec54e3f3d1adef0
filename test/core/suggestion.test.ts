import { expect, test } from "vitest";
import { suggestion } from "../../src/core/suggestion.ts";

const KNOWN = ["fizz-buzz", "word-count", "claude-sonnet-5.5", "gpt-5.4", "ab"];

test.for([
  ["fizzbuzz", "fizz-buzz"],
  ["word_count", "word-count"],
  ["claude-sonet-5.5", "claude-sonnet-5.5"],
  ["GPT-5.4", "gpt-5.4"],
  ["gtp-5.4", "gpt-5.4"],
  ["cafe\u0301", "caf\u00e9"],
] as const)("%s may be meant as %s", ([name, meant]) => {
  expect(suggestion(name, [...KNOWN, "caf\u00e9"])).toBe(` (did you mean "${meant}"?)`);
});

test.for(["opus", "ax", "", "something-else-entirely"])("nothing is near %s", (name) => {
  expect(suggestion(name, KNOWN)).toBe("");
});

test("an absurdly long name is compared with nothing", () => {
  expect(suggestion("x".repeat(100_000), KNOWN)).toBe("");
});
