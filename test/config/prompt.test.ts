import { expect, test } from "vitest";
import { loadPrompts } from "../../src/config/prompt.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

test("without a file the built-in prompt is used, and default names it among others", () => {
  using folder = new TempFolder();
  folder.write({ "mine.md": "Work fast.\n" });

  expect(loadPrompts([]).prompts.map(({ name }) => name)).toEqual(["default"]);
  expect(loadPrompts(["default", folder.at("mine.md")]).prompts.map(({ name }) => name)).toEqual(["default", "mine"]);
});

test("two files with the same content are one prompt, with a notice", () => {
  using folder = new TempFolder();
  folder.write({ "a.md": "Work fast.\n", "b.md": "Work fast.\n\n" });

  const { prompts, notices } = loadPrompts([folder.at("a.md"), folder.at("b.md")]);

  expect(prompts.map(({ name }) => name)).toEqual(["a"]);
  expect(notices).toEqual([`${folder.at("b.md")} has the same content as ${folder.at("a.md")}: it is run only once`]);
});

test("prompts with the same file name are distinguished by folder, then by content, and special characters are replaced", () => {
  using folder = new TempFolder();
  folder.write({ "old/agent.md": "1", "new/agent.md": "2", "new/x/agent.md": "3", "y/new/agent.md": "4", "a b\u0007'c.md": "5" });
  const names = loadPrompts(
    ["old/agent.md", "new/agent.md", "new/x/agent.md", "y/new/agent.md", "a b\u0007'c.md"].map((path) => folder.at(path)),
  ).prompts.map(({ name }) => name);

  expect(names[0]).toBe("old-agent");
  expect(names[1]).toMatch(/^new-agent-[0-9a-f]{6}$/);
  expect(names[2]).toBe("x-agent");
  expect(names[3]).toMatch(/^new-agent-[0-9a-f]{6}$/);
  expect(names[4]).toBe("a-b-c");
  expect(new Set(names).size).toBe(5);
});

test("only the built-in prompt is called default", () => {
  using folder = new TempFolder();
  folder.write({ "prompts/default.md": "Work fast.\n", "copy/default.md": loadPrompts([]).prompts[0]?.text ?? "" });
  const names = (...paths: readonly string[]): readonly string[] => loadPrompts(paths).prompts.map(({ name }) => name);

  expect(names(folder.at("prompts/default.md"))).toEqual(["prompts-default"]);
  expect(names("default", folder.at("prompts/default.md"))).toEqual(["default", "prompts-default"]);
  expect(names(folder.at("copy/default.md"))).toEqual(["default"]);
});

test.for([
  { title: "a missing prompt", path: "none.md", says: /none\.md/ },
  { title: "an empty prompt", path: "empty.md", says: /it is empty; write the system prompt in it/ },
])("$title is refused in one line", ({ path, says }) => {
  using folder = new TempFolder();
  folder.write({ "empty.md": " \n" });

  expect(() => loadPrompts([folder.at(path)])).toThrow(says);
});
