import type { AgentLimits } from "../../core/agent.ts";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { Tool } from "./tool/tool.ts";

/**
 * Fills in a system prompt's `{{tools}}`, `{{workspace}}` and `{{max_iterations}}`; anything else stays as it is, and a prompt without
 * them is used unchanged. Nothing in it differs between trials of an arm, so that providers can cache it.
 */
export function renderSystemPrompt(
  promptText: string,
  { tools, limits }: { readonly tools: readonly Pick<Tool, "name" | "description">[]; readonly limits: AgentLimits },
): string {
  const values = new Map([
    ["tools", tools.map(({ name, description }) => `- ${name}: ${firstSentence(description)}`).join("\n")],
    ["workspace", WORKSPACE],
    ["max_iterations", String(limits.maxIterations)],
  ]);
  return promptText.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder).trim();
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}
