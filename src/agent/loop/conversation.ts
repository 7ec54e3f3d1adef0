import {
  type AssistantView,
  type LastPrompt,
  type ModelResponse,
  promptTokens,
  type ToolCall,
  type ToolResult,
  type Turn,
  type Usage,
} from "../../core/model.ts";
import { byteLength, grouped } from "./tool/truncate.ts";

/** What masking did: how many results it replaced, and how many bytes that saved. */
export type Masking = { readonly results: number; readonly bytes: number };

const KEPT_RESULTS = 6;
// Every masking costs the provider's cache of the prefix, so it waits until there is a batch worth it.
const BATCH_RESULTS = 6;

/**
 * The turns between the harness and a model. It only grows at its end, so that providers can cache its beginning; the exceptions are a batch of old tool results that is
 * masked to make room, and a summary that replaces what was before it.
 */
export class Conversation {
  readonly #turns: Turn[];
  readonly #openingTurns: number;
  #usage: Usage | null = null;
  #sent: readonly Turn[] = [];
  #lastPrompt: LastPrompt | null = null;

  constructor(firstTurns: readonly string[]) {
    this.#turns = firstTurns.map((text) => ({ kind: "user", text }));
    this.#openingTurns = firstTurns.length;
  }

  /** Returns the turns of the next request; later changes do not affect them. */
  snapshot(): readonly Turn[] {
    this.#sent = [...this.#turns];
    return this.#sent;
  }

  /** The last request whose prompt the provider has counted, or null. */
  get lastPrompt(): LastPrompt | null {
    return this.#lastPrompt;
  }

  /** Adds a response. An empty turn is left out, because providers reject requests that contain one. */
  addResponse({ turn, usage }: ModelResponse): void {
    this.noteUsage(usage);
    if (!isEmpty(turn.view)) this.#turns.push(turn);
  }

  /** Records how full the window was at a response that is not added to the conversation. */
  noteUsage(usage: Usage): void {
    this.#usage = usage;
    if (usage.isKnown) this.#lastPrompt = { turns: this.#sent, tokens: promptTokens(usage) };
  }

  /** Adds the results of the last turn's calls; the harness's own words go inside the last result. */
  addResults(results: readonly ToolResult[], words: string | null): void {
    const last = results.at(-1);
    const shown = words === null || last === undefined ? results : [...results.slice(0, -1), { ...last, text: `${last.text}\n\n${words}` }];
    this.#turns.push({ kind: "tool", results: shown });
  }

  /** Adds the harness's own words as a separate turn, where there is no result to put them in. */
  addWords(text: string): void {
    this.#turns.push({ kind: "user", text });
  }

  /** Takes back the words that were added last. */
  dropWords(): void {
    if (this.#turns.at(-1)?.kind === "user" && this.#turns.length > this.#openingTurns) this.#turns.pop();
  }

  /** Checks whether there is anything between the first turns and the model's last turn. */
  canBeSummarized(): boolean {
    return this.#lastAssistantTurn() > this.#openingTurns;
  }

  /**
   * Puts `words` in place of the turns between the first ones and the model's last turn, and takes back the words that were added last. The model's last turn and the
   * results of its calls stay as they are, because providers check that they belong together. Returns how many turns were replaced.
   */
  summarize(words: string): number {
    this.dropWords();
    const replaced = this.#lastAssistantTurn() - this.#openingTurns;
    this.#turns.splice(this.#openingTurns, replaced, { kind: "user", text: words });
    this.#usage = null;
    this.#lastPrompt = null;
    return replaced;
  }

  #lastAssistantTurn(): number {
    return this.#turns.findLastIndex(({ kind }) => kind === "assistant");
  }

  /** Masks old results when the last response filled more than its share of the window. */
  maskWhenDue(contextWindow: number | null, maskAtShare: number): Masking {
    if (!isMaskingDue(this.#usage, contextWindow, maskAtShare)) return { results: 0, bytes: 0 };
    return maskOldResults(this.#turns, { isForced: false });
  }

  /** Masks every old result, however few there are; for a window that is full. */
  maskNow(): Masking {
    return maskOldResults(this.#turns, { isForced: true });
  }
}

/** Checks whether a response is empty: no text and no call. */
export function isEmpty({ text, calls }: AssistantView): boolean {
  return calls.length === 0 && text.trim() === "";
}

/** Gives every call of a response its own id: `call_<iteration>_<n>` where it has none or shares one. */
export function withCallIds(response: ModelResponse, iteration: number): ModelResponse {
  const { calls } = response.turn.view;
  const seen = new Set<string>();
  const repaired = calls.map((call, index): ToolCall => {
    const isUsable = call.id !== "" && !seen.has(call.id);
    seen.add(call.id);
    return isUsable ? call : { ...call, id: `call_${iteration}_${index + 1}` };
  });
  if (repaired.every((call, index) => call === calls[index])) return response;
  return { ...response, turn: { ...response.turn, view: { ...response.turn.view, calls: repaired } } };
}

function isMaskingDue(usage: Usage | null, contextWindow: number | null, maskAtShare: number): boolean {
  if (usage === null || contextWindow === null) return false;
  return promptTokens(usage) + usage.outputTokens > maskAtShare * contextWindow;
}

// Replaces old tool results by one line each, in one batch: the task, every assistant turn and the last six results stay. Changes `turns` in place; with less than a
// batch it changes nothing, unless `isForced`.
function maskOldResults(turns: Turn[], { isForced }: { readonly isForced: boolean }): Masking {
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
