import { expect, test } from "vitest";
import { checkState } from "../../../src/run/check/check-state.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { answerTask, IMAGE, noSignal } from "../../fixtures/machine-task.ts";

const options = { repeats: 1, sandboxes: dockerSandboxProvider(connectEngine(), { image: IMAGE, runId: "check-state" }), signal: noSignal };

test("a solution script that fails is said to, with its last line and its status", async () => {
  const task = await answerTask({ "solution/solve.sh": "echo starting\necho 'Missing tool: openssl' >&2\nexit 3\n" });

  expect((await checkState(task, options)).problems).toEqual([
    'its tests do not pass on the state that its solution leaves (its solution script ended with status 3: Missing tool: openssl; "reward" failed); fix the solution or the tests',
  ]);
});

test("one that passes is sound, whatever its script ends with", async () => {
  const task = await answerTask({ "solution/solve.sh": "echo 42 > answer.txt\nfalse\n" });

  expect(await checkState(task, options)).toMatchObject({ problems: [], reference: { passed: 1 }, untouched: { passed: 0 } });
});
