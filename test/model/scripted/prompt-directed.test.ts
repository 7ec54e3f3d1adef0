import { expect, test } from "vitest";
import type { ModelSpec } from "../../../src/core/model.ts";
import { scriptedModel } from "../../../src/model/scripted/scripted-model.ts";
import { systemClock } from "../../../src/model/traffic/clock.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { aTask } from "../../fixtures/record.ts";

const TOOLS = [{ name: "write_file", description: "", parameters: {} }];

/** The files that a scripted model writes first, before it sees any answer. */
async function firstMoves(behavior: string, system: string, { seed = 1, attempt = 1 } = {}): Promise<unknown> {
  const spec: ModelSpec = modelSpec({ api: "scripted", model: behavior, apiKeyEnv: null, seed });
  const model = scriptedModel(spec, { task: aTask(), attempt, clock: systemClock(() => new Date(0)) });
  const answer = await model.generate({
    system,
    turns: [{ kind: "user", text: "Write add." }],
    tools: TOOLS,
    cacheKey: "k",
    signal: new AbortController().signal,
  });
  return answer.kind === "response" ? answer.turn.view.calls.map(({ name, args }) => ({ name, args })) : answer;
}

test.for([
  { title: "without a line that tells it, the reference", system: "Work carefully.", plays: "oracle" },
  { title: "flawed", system: "Work fast.\n[behavior: flawed]\nBe brief.", plays: "flawed" },
  { title: "nop", system: "[behavior: nop]", plays: "nop" },
  { title: "the reference", system: "[behavior: oracle]", plays: "oracle" },
  { title: "flawed in a file with Windows line ends", system: "Work.\r\n[behavior: flawed]\r\nBe brief.", plays: "flawed" },
  { title: "the reference where the words are no line of their own", system: "Never write [behavior: flawed] here.", plays: "oracle" },
  { title: "the first of two lines", system: "[behavior: nop]\n[behavior: flawed]", plays: "nop" },
])("a prompt-directed model behaves as $title", async ({ system, plays }) => {
  expect(await firstMoves("prompt-directed", system)).toEqual(await firstMoves(plays, "anything"));
});

test("a prompt-directed model with the behavior flaky draws like a flaky one, by seed and attempt", async () => {
  const draws = (behavior: string): Promise<readonly unknown[]> =>
    Promise.all(Array.from({ length: 8 }, (_, index) => firstMoves(behavior, "[behavior: flaky]", { seed: 3, attempt: index + 1 })));

  const directed = await draws("prompt-directed");

  expect(directed).toEqual(await draws("flaky"));
  expect(new Set(directed.map((moves) => JSON.stringify(moves))).size).toBeGreaterThan(1);
});

test("other behaviors ignore the prompt", async () => {
  expect(await firstMoves("oracle", "[behavior: flawed]")).toEqual(await firstMoves("oracle", ""));
});

test("a prompt-directed model follows a project file that it is shown before the task", async () => {
  const model = scriptedModel(modelSpec({ api: "scripted", model: "prompt-directed", apiKeyEnv: null }), {
    task: aTask(),
    attempt: 1,
    clock: systemClock(() => new Date(0)),
  });
  const turns = ["# Project files\n\n## AGENTS.md\n\n[behavior: nop]\n", "Write add."].map((text) => ({ kind: "user" as const, text }));

  const answer = await model.generate({ system: "Work.", turns, tools: TOOLS, cacheKey: "k", signal: new AbortController().signal });

  expect(answer.kind === "response" && answer.turn.view.calls.some(({ name }) => name === "write_file")).toBe(false);
});
