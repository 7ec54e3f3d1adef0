import type { ModelRequest, Turn, Usage } from "../../core/model.ts";
import type { Move } from "./planned-call.ts";

const BYTES_PER_TOKEN = 4;

/**
 * Counts tokens by one fixed rule: a token is four bytes of UTF-8. Everything up to the latest answer was sent before and counts as
 * read from a cache. Each turn is measured once, however often it is sent.
 */
export function meter(): (request: ModelRequest, move: Move, hasCache: boolean) => Usage {
  const measured = new WeakMap<Turn, number>();
  const bytesOf = (turn: Turn): number => {
    const known = measured.get(turn);
    if (known !== undefined) return known;
    const bytes = turnBytes(turn);
    measured.set(turn, bytes);
    return bytes;
  };
  let prefix: { readonly tools: ModelRequest["tools"]; readonly bytes: number } | null = null;

  return (request, move, hasCache) => {
    if (prefix?.tools !== request.tools) prefix = { tools: request.tools, bytes: utf8(JSON.stringify(request.tools)) };
    const latest = request.turns.findLastIndex((turn) => turn.kind === "assistant");
    const before = request.turns.slice(0, Math.max(0, latest));
    const after = request.turns.slice(Math.max(0, latest));
    const sum = (turns: readonly Turn[]): number => turns.reduce((bytes, turn) => bytes + bytesOf(turn), 0);
    const sentBytes = latest < 0 ? 0 : prefix.bytes + utf8(request.system) + sum(before);
    const freshBytes = (latest < 0 ? prefix.bytes + utf8(request.system) : 0) + sum(after);
    const promptTokens = tokens(sentBytes + freshBytes);
    const cacheReadTokens = hasCache ? tokens(sentBytes) : 0;
    return {
      inputTokens: promptTokens - cacheReadTokens,
      cacheReadTokens,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: tokens(utf8(move.text) + utf8(JSON.stringify(move.calls))),
      reasoningTokens: null,
      inconsistency: null,
      isKnown: true,
    };
  };
}

function turnBytes(turn: Turn): number {
  if (turn.kind === "user") return utf8(turn.text);
  if (turn.kind === "tool") return turn.results.reduce((bytes, { text }) => bytes + utf8(text), 0);
  const calls = turn.view.calls.map(({ name, args }) => ({ name, args: args.kind === "ok" ? args.value : {} }));
  return utf8(turn.view.text) + utf8(JSON.stringify(calls));
}

function utf8(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function tokens(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}
