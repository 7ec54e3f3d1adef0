import { expect, test } from "vitest";
import { type RunFlags, resumedFlags, storedFlags } from "../../../src/command/run/run-settings.ts";
import { aRun } from "../../fixtures/record.ts";

const FLAGS: RunFlags = {
  models: "models.yaml",
  attempts: 1,
  profile: "full",
  maxIterations: 20,
  maxMinutes: 30,
  contextFiles: true,
  concurrency: 8,
  image: "i",
  db: "bench.db",
};
const nothingTyped = (): boolean => false;

test.for([
  { title: "one prompt, as the first version stored it", stored: { prompt: "mine.md" }, prompt: ["mine.md"] },
  { title: "several prompts", stored: { prompt: ["a.md", "default"] }, prompt: ["a.md", "default"] },
  { title: "no prompt", stored: {}, prompt: undefined },
])("a run of $title is resumed with the same", ({ stored, prompt }) => {
  const { prompt: _prompt, ...flags } = storedFlags(FLAGS);
  const run = aRun({ settings: { flags: { ...flags, attempts: 4, ...stored } } });

  const resumed = resumedFlags({ ...FLAGS, resume: run.id, concurrency: 2 }, run, nothingTyped);

  expect(resumed).toMatchObject({ attempts: 4, concurrency: 2, resume: run.id });
  expect(resumed.prompt).toEqual(prompt);
});

test.for(["prompt", "reuse", "tag", "contextFiles"])("--%s is refused when a run is resumed", (typed) => {
  const run = aRun({ settings: { flags: storedFlags(FLAGS) } });

  expect(() => resumedFlags(FLAGS, run, (name) => name === typed)).toThrow("would change what it measures; omit it");
});

test("the stored flags are those that decide the results, how the run is found and what it reuses", () => {
  const kept = storedFlags({ ...FLAGS, prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true, yes: true, askAbove: 3, json: true });

  expect(kept).toMatchObject({ prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true });
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["yes"]));
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["db"]));
});
