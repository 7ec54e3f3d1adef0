import { expect, test } from "vitest";
import type { ModelSpec } from "../../../src/core/model.ts";
import { systemClock } from "../../../src/model/traffic/clock.ts";
import { scriptedModel } from "../../../src/model/scripted/scripted-model.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { aTask } from "../../fixtures/record.ts";

const TOOLS = [{ name: "write_file", description: "", parameters: {} }];

/** The files that a scripted model writes first, before it sees any answer. */
async function firstMoves(play: string, system: string, { seed = 1, attempt = 1 } = {}): Promise<unknown> {
  const spec: ModelSpec = modelSpec({ api: "scripted", model: play, apiKeyEnv: null, seed });
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
  { title: "without a line that tells it, the reference", system: "Work carefully.", plays: "reference" },
  { title: "careless", system: "Work fast.\n[play: careless]\nBe brief.", plays: "careless" },
  { title: "nothing", system: "[play: nothing]", plays: "nothing" },
  { title: "the reference", system: "[play: reference]", plays: "reference" },
  { title: "careless in a file with Windows line ends", system: "Work.\r\n[play: careless]\r\nBe brief.", plays: "careless" },
  { title: "the reference where the words are no line of their own", system: "Never write [play: careless] here.", plays: "reference" },
  { title: "the first of two lines", system: "[play: nothing]\n[play: careless]", plays: "nothing" },
])("an obedient model plays $title", async ({ system, plays }) => {
  expect(await firstMoves("obedient", system)).toEqual(await firstMoves(plays, "anything"));
});

test("an obedient model that is told to be unsteady draws as an unsteady one, by seed and attempt", async () => {
  const draws = (play: string): Promise<readonly unknown[]> =>
    Promise.all(Array.from({ length: 8 }, (_, index) => firstMoves(play, "[play: unsteady]", { seed: 3, attempt: index + 1 })));

  const obedient = await draws("obedient");

  expect(obedient).toEqual(await draws("unsteady"));
  expect(new Set(obedient.map((moves) => JSON.stringify(moves))).size).toBeGreaterThan(1);
});

test("other plays do not heed the prompt", async () => {
  expect(await firstMoves("reference", "[play: careless]")).toEqual(await firstMoves("reference", ""));
});
