import { expect, test } from "vitest";
import { planTrials, requireOwnTools } from "../../src/run/planned-trial.ts";
import { anArm, aTask } from "../fixtures/record.ts";

const SHAPE = { runId: "run-1", tasks: [aTask("a"), aTask("b")], arms: [anArm("x"), anArm("y")], attempts: 2 };
const names = (done: Parameters<typeof planTrials>[1]): readonly string[] =>
  planTrials(SHAPE, done).map(({ key, arm }) => `${key.attempt}${key.taskId}${arm.name}`);

test("attempts are outermost and arms innermost, so that a run cut short is balanced", () => {
  expect(names([])).toEqual(["1ax", "1ay", "1bx", "1by", "2ax", "2ay", "2bx", "2by"]);
});

test("what is done is not planned again, and nothing else is left out", () => {
  const done = [
    { runId: "run-1", taskId: "a", armId: "arm-y", attempt: 1 },
    { runId: "run-1", taskId: "b", armId: "arm-x", attempt: 2 },
  ];

  expect(names(done)).toEqual(["1ax", "1bx", "1by", "2ax", "2ay", "2by"]);
});

test("a task that brings tools is refused for an agent that would not have them", () => {
  const servers = { mcpServers: [{ name: "notes", command: ["notes"], env: {} }] };
  const cli = { kind: "cli", name: "codex", version: "1", command: ["codex"], env: {} } as const;
  const tasks = [aTask("a"), { ...aTask("b"), ...servers }, { ...aTask("c"), ...servers }];
  const other = { ...anArm("y"), agent: cli };

  expect(() => requireOwnTools({ tasks, arms: [anArm("x")] })).not.toThrow();
  expect(() => requireOwnTools({ tasks: tasks.slice(0, 1), arms: [anArm("x"), other] })).not.toThrow();
  expect(() => requireOwnTools({ tasks, arms: [anArm("x"), other] })).toThrow(
    'Cannot run task "b" and 1 more with y: its mcp_servers are given to the built-in loop alone; choose models without an agent with --model, or leave the task out with --task',
  );
});

test("more trials than fit into memory are refused before they are listed", () => {
  expect(() => planTrials({ ...SHAPE, attempts: 1_000_000 }, [])).toThrow(
    "Cannot plan 4,000,000 trials (2 tasks, 2 arms, 1,000,000 attempts): at most 500,000 trials fit into a run; choose fewer with --task, --model or --attempts",
  );
});
