import type { AgentLimits, TaskInputs } from "../../core/agent.ts";
import { UserError } from "../../core/errors.ts";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";
import type { Tool } from "./tool/tool.ts";
import { byteLength, firstBytes, grouped } from "./tool/truncate.ts";

const MAX_CONTEXT_BYTES = 16 * 1024;

type PromptValues = {
  readonly tools: readonly Pick<Tool, "name" | "description">[];
  readonly limits: AgentLimits;
  readonly workspace?: string;
};

/**
 * Fills in the placeholders `{{tools}}`, `{{workspace}}` and `{{max_iterations}}` of a system prompt; everything else stays as it is. The result is the same for all
 * trials of an arm, so that providers can cache it.
 */
export function renderSystemPrompt(promptText: string, { tools, limits, workspace = WORKSPACE }: PromptValues): string {
  const values = new Map([
    ["tools", tools.map(({ name, description }) => `- ${name}: ${firstSentence(description)}`).join("\n")],
    ["workspace", workspace],
    ["max_iterations", String(limits.maxIterations)],
  ]);
  return promptText.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder).trim();
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/**
 * Makes the first user turns: the project files that the task declares (from the root down, at most 16 KiB together) in one turn, then the task's prompt.
 * Throws UserError for a declared file that is not in the workspace.
 */
export function firstTurns({ prompt, contextFiles, workspace }: TaskInputs): readonly string[] {
  if (contextFiles.length === 0) return [prompt];
  const paths = [...new Set(contextFiles)].sort(rootToLeaf);
  const sections = paths.map((path) => `## ${path}\n\n${textOf(path, workspace).trim()}\n`);
  return [cutToLimit(`# Project files\n\n${sections.join("\n")}`), prompt];
}

function rootToLeaf(a: string, b: string): number {
  return a.split("/").length - b.split("/").length || (a < b ? -1 : 1);
}

function textOf(path: string, workspace: readonly SourceFile[]): string {
  const file = workspace.find((candidate) => candidate.path === path);
  if (file === undefined) {
    throw new UserError(`Cannot show context file "${path}": it is not in the workspace; correct contextFiles of the task`);
  }
  return new TextDecoder().decode(file.bytes).replaceAll("\r\n", "\n");
}

function cutToLimit(text: string): string {
  const size = byteLength(text);
  if (size <= MAX_CONTEXT_BYTES) return text;
  const notice = `\n[${grouped(size)} bytes of project files; cut at ${grouped(MAX_CONTEXT_BYTES)}]`;
  return firstBytes(text, MAX_CONTEXT_BYTES - byteLength(notice)) + notice;
}
