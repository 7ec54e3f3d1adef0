import { expect, test } from "vitest";
import type { FrozenRunEnd } from "../../../src/core/sandbox.ts";
import type { SourceFile, StateGrading } from "../../../src/core/task.ts";
import { judgeState } from "../../../src/grade/state/grade-state.ts";
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

const STATE: StateGrading = {
  tests: { folder: "/tests", path: "test.sh", user: null, env: {} },
  result: "reward",
  passAt: 1,
  solution: null,
};
const ended = (changes: Partial<FrozenRunEnd>): FrozenRunEnd => ({ exit: { kind: "exited", code: 0 }, log: "", files: [], ...changes });
const CTRF = JSON.stringify({
  results: {
    tool: { name: "pytest" },
    summary: { tests: 2, passed: 1, failed: 1, skipped: 0, pending: 0, other: 0, start: 0, stop: 1 },
    tests: [
      { name: "a", status: "passed", duration: 1 },
      { name: "b", status: "failed", duration: 1, message: "no" },
    ],
  },
});

test("the reward decides, and a CTRF report beside it has the single tests", () => {
  const { verdict } = judgeState(STATE, ended({ files: files({ "reward.txt": "1", "ctrf.json": CTRF }) }));

  expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 1, testsTotal: 2, rewards: { reward: 1 } });
  expect(verdict.tests.map(({ name, status }) => [name, status])).toEqual([
    ["a", "passed"],
    ["b", "failed"],
  ]);
});

test("a report that is none is as if it were not there", () => {
  const { verdict } = judgeState(STATE, ended({ files: files({ "reward.txt": "0", "ctrf.json": "{" }) }));

  expect(verdict.tests).toEqual([{ name: "reward", status: "failed", message: "0, which is less than 1", durationMs: null }]);
});

test.each([
  [{ kind: "timed-out" } as const, "test-timeout"],
  [{ kind: "out-of-memory" } as const, "out-of-memory"],
  [{ kind: "full" } as const, "no-report"],
  [{ kind: "not-started", reason: "no bash" } as const, "no-report"],
])("tests that were cut short (%j) pass with no reward that they left", (exit, reason) => {
  const { verdict, hasReward } = judgeState(STATE, ended({ exit, files: files({ "reward.txt": "1" }) }));

  expect(verdict).toMatchObject({ passed: false, reason });
  expect(verdict.rewards).toBeUndefined();
  expect(hasReward).toBe(false);
});

const SUMMARY = "x\n=========== short test summary info ============\nPASSED test_a.py::test_one\nPASSED test_a.py::test_two\n";

test("without rewards, the summary of pytest and the exit status decide together", () => {
  const old = { ...STATE, result: "pytest-summary" } as const;
  const judged = (log: string, code: number) => judgeState(old, ended({ log, exit: { kind: "exited", code } })).verdict;

  expect(judged(SUMMARY, 0)).toMatchObject({ passed: true, testsPassed: 2, testsTotal: 2 });
  expect(judged(SUMMARY, 1).passed).toBe(false);
  expect(judged(`${SUMMARY}FAILED test_a.py::test_three - no\n`, 0)).toMatchObject({ passed: false, testsPassed: 2, testsTotal: 3 });
  expect(judged("PASSED test_a.py::test_one\n", 0)).toMatchObject({ passed: false, reason: "no-report" });
  expect(judged("it does not compile\n", 1)).toMatchObject({ passed: false, reason: "tests-failed" });
});
