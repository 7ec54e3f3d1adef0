import type { Model, ModelRequest, ModelResponse } from "../../src/core/model.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { call, calls, says } from "../fixtures/turn-model.ts";

/** A tool call that a cheater means to make. */
export type Deed = {
  readonly name: "run_command" | "write_file" | "edit_file" | "read_file";
  readonly args: Readonly<Record<string, unknown>>;
};

const MAX_TOLD = 20_000;

/**
 * Plays a model that makes the tool calls of an attack, turn by turn, and then tells in its last message all that the tools showed it.
 * Told that it has not finished, it says the same again.
 */
export function cheater(turns: readonly (readonly Deed[])[]): Model {
  return {
    spec: modelSpec({ name: "cheater", api: "scripted", apiKeyEnv: null }),
    generate: async (request) => {
      request.signal.throwIfAborted();
      return answer(request, turns);
    },
  };
}

function answer({ turns: past }: ModelRequest, turns: readonly (readonly Deed[])[]): ModelResponse {
  const spoken = past.filter((turn) => turn.kind === "assistant").length;
  const next = turns[spoken];
  if (next !== undefined) return calls(next.map(({ name, args }) => call(name, args)));
  const seen = past.flatMap((turn) => (turn.kind === "tool" ? turn.results.map(({ text }) => text) : []));
  return says(`This is what I found:\n${seen.join("\n").slice(0, MAX_TOLD)}`);
}
