import { expect, test } from "vitest";
import { makeArm } from "../../src/run/arm.ts";
import { aSpec, someSettings } from "../fixtures/record.ts";

const prompt = (name: string, digest = name): { readonly name: string; readonly text: string; readonly digest: string } => ({
  name,
  text: digest,
  digest,
});

test.for([
  { title: "the model alone for the built-in prompt", settings: {}, severalPrompts: false, name: "oracle" },
  {
    title: "the prompt where it is not the built-in one",
    settings: { prompt: prompt("mine") },
    severalPrompts: false,
    name: "oracle+mine",
  },
  { title: "every prompt among several", settings: { prompt: prompt("default") }, severalPrompts: true, name: "oracle+default" },
  { title: "the profile, too", settings: { profile: "read-only" as const }, severalPrompts: true, name: "oracle+default+read-only" },
])("the name of an arm tells $title", ({ settings, severalPrompts, name }) => {
  expect(makeArm(aSpec(), someSettings(settings), { severalPrompts }).name).toBe(name);
});

test("the content of a prompt makes the arm, not its name, nor what else is compared", () => {
  const id = (name: string, digest: string, severalPrompts = false): string =>
    makeArm(aSpec(), someSettings({ prompt: prompt(name, digest) }), { severalPrompts }).id;

  expect(id("a", "1")).toBe(id("b", "1"));
  expect(id("a", "1", true)).toBe(id("a", "1"));
  expect(id("a", "1")).not.toBe(id("a", "2"));
});
