import { expect, test } from "vitest";
import type { LoopSpec } from "../../src/core/agent.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import type { Arm } from "../../src/core/trial.ts";
import { makeArm } from "../../src/run/arm.ts";
import { cliSpec, loopSpec } from "../fixtures/agent-settings.ts";
import { aSpec, someSettings } from "../fixtures/record.ts";

const prompt = (name: string, digest = name): { readonly name: string; readonly text: string; readonly digest: string } => ({
  name,
  text: digest,
  digest,
});

test.for([
  { title: "the model alone for the built-in prompt", settings: {}, agent: loopSpec(), severalPrompts: false, name: "oracle" },
  {
    title: "the prompt where it is not the built-in one",
    settings: { prompt: prompt("mine") },
    agent: loopSpec(),
    severalPrompts: false,
    name: "oracle+mine",
  },
  {
    title: "every prompt among several",
    settings: { prompt: prompt("default") },
    agent: loopSpec(),
    severalPrompts: true,
    name: "oracle+default",
  },
  {
    title: "the tool profile, too",
    settings: { prompt: prompt("default") },
    agent: loopSpec({ profile: "read-only" }),
    severalPrompts: true,
    name: "oracle+default+read-only",
  },
  {
    title: "an agent that is not the loop",
    settings: {},
    agent: cliSpec({ version: "1.2" }),
    severalPrompts: false,
    name: "oracle+other",
  },
])("the name of an arm has $title", ({ settings, agent, severalPrompts, name }) => {
  expect(makeArm({ agent, model: aSpec(), settings: someSettings(settings) }, { severalPrompts }).name).toBe(name);
});

test("the content of a prompt makes the arm, not its name, nor what else is compared", () => {
  const id = (name: string, digest: string, severalPrompts = false): string =>
    makeArm({ agent: loopSpec(), model: aSpec(), settings: someSettings({ prompt: prompt(name, digest) }) }, { severalPrompts }).id;

  expect(id("a", "1")).toBe(id("b", "1"));
  expect(id("a", "1", true)).toBe(id("a", "1"));
  expect(id("a", "1")).not.toBe(id("a", "2"));
});

test("agents that differ in anything make different arms", () => {
  const agents: readonly Arm["agent"][] = [
    loopSpec(),
    loopSpec({ profile: "bash-only" }),
    loopSpec({ maskAtShare: 0.5 }),
    loopSpec({ summarizeAfter: 10 }),
    loopSpec({ summarizeAfter: 20 }),
    cliSpec({ version: "1.2" }),
    cliSpec({ version: "1.3" }),
    cliSpec({ version: "1.3", files: { ".x": "a" } }),
    cliSpec({ version: "1.3", config: { name: "home", digest: "1" } }),
    cliSpec({ version: "1.3", config: { name: "home", digest: "2" } }),
  ];
  const ids = agents.map((agent) => makeArm({ agent, model: aSpec(), settings: someSettings() }).id);

  expect(new Set(ids).size).toBe(agents.length);
});

test("what an agent's home folder holds makes the arm, not where it was read from", () => {
  const id = (name: string): string =>
    makeArm({ agent: cliSpec({ config: { name, digest: "1" } }), model: aSpec(), settings: someSettings() }).id;

  expect(id("a")).toBe(id("b"));
});

// Digests that version 0.1 gave, when the loop was the only agent and its profile a setting: stored results are found by them.
test.for<{ agent: Partial<LoopSpec>; model: Partial<ModelSpec>; id: string }>([
  { agent: {}, model: {}, id: "95a95db9516be4ada34de4e55d711260c04f1ed5bbedb645aed247e4015b32d4" },
  { agent: { profile: "bash-only" }, model: {}, id: "123e38fb978b02b349023e7f4b422b0391e0af9c0736461e691fd2cc12ca607c" },
  { agent: { maskAtShare: 0.5 }, model: {}, id: "4b99de795cf69caea698e8107334cc303c159a8b20b054a81dbddd9f5b961946" },
  { agent: {}, model: { maxTrialCostUsd: 0.5 }, id: "77d82303ed11cc731831fcd52aaaebdbf07f0c0ef77177de2f97a0e613db62bb" },
])("an arm of the loop with $agent and $model keeps the id of earlier versions", ({ agent, model, id }) => {
  const spec = aSpec({ name: "gpt", api: "openai-chat", model: "gpt-1", ...model });
  const settings = someSettings({ prompt: prompt("mine", "prompt-digest") });

  expect(makeArm({ agent: loopSpec(agent), model: spec, settings }).id).toBe(id);
});
