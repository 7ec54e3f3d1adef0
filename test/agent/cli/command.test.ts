import { expect, test } from "vitest";
import { commandOf } from "../../../src/agent/cli/command.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import type { Sandbox } from "../../../src/core/sandbox.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { agentSettings, cliSpec } from "../../fixtures/agent-settings.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { turnModel } from "../../fixtures/turn-model.ts";

const BUILT_IN = { ...agentSettings().prompt, name: "default" };

function started(command: readonly string[], prompt: string, changes: Partial<ModelSpec> = {}) {
  const model = { ...turnModel([]), spec: modelSpec(changes) };
  const settings = { ...agentSettings(), prompt: BUILT_IN };
  const context = agentContext({ model, sandbox: {} as Sandbox, settings, task: { prompt, contextFiles: [], workspace: [] } });
  const { command: words, env, stdin } = commandOf(cliSpec({ command }), context);
  return { words, env, stdin: stdin === undefined ? null : Buffer.from(stdin).toString() };
}

test("the task is on the standard input of an agent, unless its command asks for it as an argument", () => {
  expect(started(["mine", "--model", "{model}"], "Do it.")).toMatchObject({ words: ["mine", "--model", "test-model-1"], stdin: "Do it." });
  expect(started(["mine", "--task={prompt}"], "Do it.")).toMatchObject({ words: ["mine", "--task=Do it."], stdin: null });
});

test("what a task says stands as it is in an argument, and a task that no argument holds is on the standard input", () => {
  expect(started(["mine", "{prompt}"], "Print {model} at {base_url}: {prompt}").words).toEqual([
    "mine",
    "Print {model} at {base_url}: {prompt}",
  ]);
  const long = "ü".repeat(60_000);
  expect(started(["mine", "--yes", "{prompt}"], long)).toMatchObject({ words: ["mine", "--yes"], stdin: long });
});

test("an agent finds its model where the official client of its API looks for it", () => {
  expect(started(["mine", "{base_url}"], "x")).toMatchObject({ words: ["mine", "http://127.0.0.1:8417/v1"] });
  expect(started(["mine"], "x").env).not.toHaveProperty("GEMINI_API_KEY");
  expect(started(["mine", "{base_url}"], "x", { api: "gemini" })).toMatchObject({
    words: ["mine", "http://127.0.0.1:8417/v1beta"],
    env: { GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:8417", GEMINI_API_KEY: "none-needed" },
  });
});
