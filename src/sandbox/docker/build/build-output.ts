import type { Readable } from "node:stream";

/** How a build ended by the engine's own account: the reason why it failed, or null, the step that it was at, and the end of what it printed, which is all of it unless that is much. */
export type BuildEnd = { readonly problem: string | null; readonly step: string | null; readonly printed: string };

type BuildEvent = { readonly stream?: unknown; readonly error?: unknown };

/** What is kept of the output; all of it could be gigabytes. */
const KEPT_CHARACTERS = 1_000_000;
const PROBLEM_CHARACTERS = 4_000;
/** How the engine announces a step, as it is written in the Dockerfile. */
const STEP = /^Step \d{1,5}\/\d{1,5} : /;
/** An event holds a line or a block of output, which the engine limits to some tens of kilobytes. */
const MAX_EVENT_CHARACTERS = 1_000_000;
/** No honest build prints as much, and each byte passes through this process. */
const MAX_PRINTED_CHARACTERS = 200_000_000;

/** Reads what an engine reports of a build to its end, and keeps only the last of it. Rejects when the connection breaks. */
export async function readBuildOutput(stream: Readable): Promise<BuildEnd> {
  const end = { problem: null as string | null, step: null as string | null, printed: "" };
  let printed: string[] = [];
  let kept = 0;
  const keep = (text: string) => {
    printed.push(text);
    kept += text.length;
    // Seldom, so that much output takes no time.
    if (kept > 2 * KEPT_CHARACTERS) {
      printed = [printed.join("").slice(-KEPT_CHARACTERS)];
      kept = KEPT_CHARACTERS;
    }
  };
  const ended = () => ({ ...end, printed: printed.join("").slice(-KEPT_CHARACTERS) });
  let rest = "";
  let total = 0;
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) {
    total += chunk.length;
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const event = eventOf(line);
      if (typeof event.error === "string") end.problem = event.error.slice(-PROBLEM_CHARACTERS);
      if (typeof event.stream !== "string") continue;
      if (STEP.test(event.stream)) end.step = event.stream.trim();
      keep(event.stream);
    }
    if (total > MAX_PRINTED_CHARACTERS || rest.length > MAX_EVENT_CHARACTERS) return { ...ended(), problem: "it prints without end" };
  }
  const { error } = eventOf(rest);
  return typeof error === "string" ? { ...ended(), problem: error.slice(-PROBLEM_CHARACTERS) } : ended();
}

function eventOf(line: string): BuildEvent {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}
