import type { ToolResult, Turn } from "../../core/model.ts";

const NOT_RUN = "Error: this call was not executed.";

/**
 * Gives every call its result and every result its call, which all APIs require: a call without one is answered as not executed, a result without one becomes words of the
 * user. A conversation in order is returned with the very same turns. `idsOf` reads the ids of the calls that a native turn will be sent with; calls of the last turn are
 * left open.
 */
export function pairedTurns(turns: readonly Turn[], idsOf: (native: unknown) => readonly string[]): readonly Turn[] {
  const paired: Turn[] = [];
  let open: readonly string[] = [];
  for (const turn of turns) {
    if (turn.kind === "tool") {
      paired.push(...settled(turn.results, open));
      open = [];
      continue;
    }
    if (open.length > 0) paired.push(...settled([], open));
    paired.push(turn);
    open = turn.kind === "assistant" ? idsOf(turn.native) : [];
  }
  return paired;
}

function settled(results: readonly ToolResult[], open: readonly string[]): Turn[] {
  const ids = results.map(({ callId }) => callId);
  const isInOrder = ids.length === open.length && ids.every((id, index) => id === open[index]);
  if (isInOrder) return [{ kind: "tool", results }];
  const byId = new Map(results.toReversed().map((result) => [result.callId, result]));
  const answered = open.map((id) => byId.get(id) ?? { callId: id, name: "", text: NOT_RUN, isError: true });
  const stray = results.filter((result) => !answered.includes(result));
  const words = stray.map(({ text }): Turn => ({ kind: "user", text }));
  return answered.length > 0 ? [{ kind: "tool", results: answered }, ...words] : words;
}
