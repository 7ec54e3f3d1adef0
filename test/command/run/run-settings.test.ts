import { expect, test } from "vitest";
import { type RunFlags, storedFlags } from "../../../src/command/run/run-settings.ts";

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

test("the stored flags are those that decide the results, how the run is found and what it reuses", () => {
  const kept = storedFlags({ ...FLAGS, prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true, yes: true, askAbove: 3, json: true });

  expect(kept).toMatchObject({ prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true });
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["yes"]));
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["db"]));
});
