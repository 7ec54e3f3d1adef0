import { join } from "node:path";
import { expect, test } from "vitest";
import { loadTasks } from "../../src/command/suite-source.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

async function chosen(...patterns: readonly string[]): Promise<readonly string[]> {
  using folder = new TempFolder();
  const suite = await loadTasks([folder.write(tinySuite("add", "add-more", "sub"))], patterns);
  return suite.tasks.map((task) => task.id);
}

test("tasks are chosen by name, by star, and taken out by a leading !", async () => {
  expect(await chosen()).toEqual(["add", "add-more", "sub"]);
  expect(await chosen("add*")).toEqual(["add", "add-more"]);
  expect(await chosen("add*", "!add")).toEqual(["add-more"]);
  expect(await chosen("!sub")).toEqual(["add", "add-more"]);
});

test("a pattern that matches nothing, and a choice that leaves nothing, are refused", async () => {
  await expect(chosen("!mul")).rejects.toThrow('Cannot select task "!mul": no task of 3 matches');
  await expect(chosen("!*")).rejects.toThrow("--task leaves none of 3");
});

test("suites of other formats load in place", async () => {
  const fixture = join(import.meta.dirname, "../fixtures/exercism");
  const suite = await loadTasks([`exercism:${fixture}/python/exercises/practice`], []);

  expect(suite.tasks.length).toBeGreaterThan(0);
  expect(suite.tasks.every((task) => task.tests.runner === "pytest")).toBe(true);
});
