import type { ToolResult, Turn, Usage } from "../../core/model.ts";
import { byteLength, grouped } from "./tool/truncate.ts";

/** What masking did to a conversation. */
export type Masking = { readonly results: number; readonly bytes: number };

const KEPT_RESULTS = 6;
/** Every masking costs the provider's cache of the prefix, so it waits until there is a batch worth it. */
const BATCH_RESULTS = 6;

/** Tells whether the last response filled so much of the context window that old tool results must go. */
export function isMaskingDue(usage: Usage | null, contextWindow: number | null, maskAtShare: number): boolean {
  if (usage === null || contextWindow === null) return false;
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = usage;
  return inputTokens + cacheReadTokens + cacheWriteTokens + outputTokens > maskAtShare * contextWindow;
}

/**
 * Replaces old tool results by one line each, in one batch: the task, every assistant turn and the last six results stay. Changes
 * `turns` in place and leaves it alone when there is less than a batch, unless `isForced`.
 */
export function maskOldResults(turns: Turn[], { isForced }: { readonly isForced: boolean }): Masking {
  const total = turns.reduce((sum, turn) => sum + (turn.kind === "tool" ? turn.results.length : 0), 0);
  let old = Math.max(0, total - KEPT_RESULTS);
  const plan: { index: number; results: ToolResult[] }[] = [];
  let masked = 0;
  let bytes = 0;
  for (const [index, turn] of turns.entries()) {
    if (turn.kind !== "tool") continue;
    const results = turn.results.map((result) => {
      if (old <= 0) return result;
      old -= 1;
      if (isMasked(result)) return result;
      const text = maskText(result);
      const saved = byteLength(result.text) - byteLength(text);
      if (saved <= 0) return result;
      masked += 1;
      bytes += saved;
      return { ...result, text };
    });
    plan.push({ index, results });
  }
  if (masked === 0 || (masked < BATCH_RESULTS && !isForced)) return { results: 0, bytes: 0 };
  for (const { index, results } of plan) turns[index] = { kind: "tool", results };
  return { results: masked, bytes };
}

function maskText({ name, text, isError }: ToolResult): string {
  const ending = isError ? /^Error: (\w+)/.exec(text) : name.startsWith("run_") ? /^exit code: (\d+)/.exec(text) : null;
  const state = ending === null ? "" : `${isError ? "error" : "exit code"} ${ending[1]}, `;
  return `[${name} output omitted: ${state}${grouped(byteLength(text))} bytes]`;
}

function isMasked({ name, text }: ToolResult): boolean {
  return text.startsWith(`[${name} output omitted: `) && text.endsWith("]");
}
