import { expect, test } from "vitest";
import { storedFlags } from "../../../src/command/run/run-settings.ts";
import { RUN_FLAGS } from "../../fixtures/run-flags.ts";

test("the stored flags are those that decide the results, how the run is found and what it reuses", () => {
  const kept = storedFlags({ ...RUN_FLAGS, prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true, yes: true, askAbove: 3, json: true });

  expect(kept).toMatchObject({ prompt: ["a.md", "b.md"], tag: ["nightly"], reuse: true });
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["yes"]));
  expect(Object.keys(kept)).not.toEqual(expect.arrayContaining(["db"]));
});
