import type { Turn } from "../core/model.ts";

/**
 * Makes a keeper of call ids for the answer to `turns`: an id that is empty, or that the conversation has used before, is replaced by
 * `call_<iteration>_<n>`, so that every result finds its call.
 */
export function callIds(turns: readonly Turn[]): (id: unknown) => string {
  const answers = turns.filter((turn) => turn.kind === "assistant");
  const used = new Set(answers.flatMap(({ view }) => view.calls.map(({ id }) => id)));
  const iteration = answers.length + 1;
  let position = 0;

  return (id) => {
    position += 1;
    let unique = typeof id === "string" && id !== "" && !used.has(id) ? id : `call_${iteration}_${position}`;
    while (used.has(unique)) unique = `${unique}_again`;
    used.add(unique);
    return unique;
  };
}
