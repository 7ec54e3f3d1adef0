import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { firstTurns, renderSystemPrompt } from "../../../src/agent/loop/opening.ts";
import { toolSet } from "../../../src/agent/loop/tool/tool-set.ts";
import { UserError } from "../../../src/core/errors.ts";
import { LIMITS } from "../../fixtures/agent-settings.ts";

const { offered } = toolSet("no-exec", 30);
const builtIn = () => readFile(new URL("../../../src/agent/loop/system-prompt.md", import.meta.url), "utf8");

test("the built-in prompt names the tools offered, the workspace and the limit, and every placeholder is filled in", async () => {
  const prompt = renderSystemPrompt(await builtIn(), { tools: offered, limits: LIMITS });

  for (const { name } of offered) expect(prompt).toContain(`- ${name}: `);
  expect(prompt).not.toContain("run_command");
  expect(prompt).toContain("/workspace");
  expect(prompt).toContain("at most 20 responses");
  expect(prompt).not.toMatch(/[{}]/);
});

test("the built-in prompt is the same every day", async () => {
  const render = async () => renderSystemPrompt(await builtIn(), { tools: offered, limits: LIMITS });

  expect(await render()).toBe(await render());
  expect(await render()).not.toMatch(/20\d\d|today|date/i);
});

test("a prompt without placeholders is used as it is", () => {
  expect(renderSystemPrompt("Be {brief}. {{unknown}} $& {{ tools }}", { tools: offered, limits: LIMITS })).toBe(
    "Be {brief}. {{unknown}} $& {{ tools }}",
  );
});

test("placeholders may come more than once", () => {
  expect(renderSystemPrompt("{{max_iterations}} {{workspace}} {{max_iterations}}", { tools: [], limits: LIMITS })).toBe("20 /workspace 20");
});

const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text), executable: false });

test("a task without project files begins with its prompt", () => {
  expect(firstTurns({ prompt: "Do it.", contextFiles: [], workspace: [file("AGENTS.md", "x")] })).toEqual(["Do it."]);
});

test("project files come first, from the root down, in a turn of their own", () => {
  const workspace = [file("src/deep/CLAUDE.md", "leaf"), file("AGENTS.md", "root\r\n"), file("src/AGENTS.md", "middle\n")];
  const contextFiles = ["src/deep/CLAUDE.md", "src/AGENTS.md", "AGENTS.md", "AGENTS.md"];

  expect(firstTurns({ prompt: "Do it.", contextFiles, workspace })).toEqual([
    "# Project files\n\n## AGENTS.md\n\nroot\n\n## src/AGENTS.md\n\nmiddle\n\n## src/deep/CLAUDE.md\n\nleaf\n",
    "Do it.",
  ]);
});

test("project files are cut at sixteen kibibytes, between characters", () => {
  const [context = ""] = firstTurns({ prompt: "", contextFiles: ["AGENTS.md"], workspace: [file("AGENTS.md", "ż".repeat(20_000))] });

  expect(Buffer.byteLength(context)).toBeLessThanOrEqual(16 * 1024);
  expect(Buffer.byteLength(context)).toBeGreaterThan(16 * 1024 - 4);
  expect(context).toMatch(/ż\n\[40 0\d\d bytes of project files; cut at 16 384\]$/);
});

test("a declared project file that is missing is a user error", () => {
  expect(() => firstTurns({ prompt: "", contextFiles: ["AGENTS.md"], workspace: [] })).toThrow(UserError);
});
