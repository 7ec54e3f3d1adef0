import { expect, test } from "vitest";
import type { SourceFile } from "../../../src/core/task.ts";
import { passes, readReward } from "../../../src/grade/state/reward.ts";

const files = (texts: Readonly<Record<string, string>>): readonly SourceFile[] =>
  Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false }));

test.each([
  ["1\n", 1],
  [" 0.5 ", 0.5],
  ["-1e-3", -0.001],
  [".25", 0.25],
])("reward.txt with %j is a number", (text, reward) => {
  expect(readReward(files({ "reward.txt": text }))).toEqual({ kind: "given", rewards: { reward } });
});

test.each(["", "nan", "inf", "Infinity", "1e999", "0x1", "1 2", "one", "1_000"])("reward.txt with %j is no finite number", (text) => {
  expect(readReward(files({ "reward.txt": text }))).toMatchObject({ kind: "invalid" });
});

test("reward.txt wins over reward.json, even where it is invalid", () => {
  expect(readReward(files({ "reward.txt": "0", "reward.json": '{"reward": 1}' }))).toEqual({ kind: "given", rewards: { reward: 0 } });
  expect(readReward(files({ "reward.txt": "nan", "reward.json": '{"reward": 1}' }))).toMatchObject({ kind: "invalid" });
});

test("reward.json gives each number its name", () => {
  expect(readReward(files({ "reward.json": '{"correctness": 1, "speed": 0.25, "__proto__": 3}' }))).toEqual({
    kind: "given",
    rewards: Object.fromEntries([
      ["correctness", 1],
      ["speed", 0.25],
      ["__proto__", 3],
    ]),
  });
});

test.each(['{"a": NaN}', '{"a": 1e999}', '{"a": "1"}', '{"a": null}', "[1]", "{}", "1", "{"])("reward.json with %s is invalid", (text) => {
  expect(readReward(files({ "reward.json": text }))).toMatchObject({ kind: "invalid" });
});

test("without either file there is no reward", () => {
  expect(readReward(files({ "ctrf.json": "{}" }))).toMatchObject({ kind: "none" });
});

test("the number called reward decides, and otherwise every one", () => {
  expect(passes({ reward: 1, style: 0 }, 1)).toBe(true);
  expect(passes({ reward: 0.9 }, 1)).toBe(false);
  expect(passes({ reward: 0.9 }, 0.9)).toBe(true);
  expect(passes({ correctness: 1, speed: 0 }, 1)).toBe(false);
  expect(passes({ correctness: 1, speed: 1 }, 1)).toBe(true);
  expect(passes({}, 0)).toBe(false);
});
