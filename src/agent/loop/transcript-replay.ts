import { type Action, type Difference, type Opening, type Past, type PastAction, ReplayDiverged } from "../../core/agent.ts";

// Times, durations, addresses and temporary paths: they differ in each execution and mean nothing for what follows.
const VOLATILE: readonly RegExp[] = [
  /\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?)?/g,
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}(?: +(?:\d\d:\d\d(?::\d\d)?|\d{4}))*/g,
  /\b\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?\b/g,
  /\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|s|secs?|seconds?|minutes?)\b/g,
  /\bduration_ms:? \d+(?:\.\d+)?/g,
  /\b0x[0-9a-f]{4,}\b/gi,
  /\/tmp\/[\w.-]+/g,
];

/**
 * Replays the stored part of a trial: answers come from the record and cost nothing, tools really run, and each must give its recorded result again. The
 * conversation is built from the recorded results, because the model has seen those.
 */
export class TranscriptReplay {
  readonly #past: Past | null;
  readonly #onDifference: (difference: Difference) => void;
  #next = 0;

  constructor(past: Past | null, onDifference: (difference: Difference) => void = diverge) {
    this.#past = past;
    this.#onDifference = onDifference;
  }

  /** Compares what the model is sent first. */
  open(opening: Opening): void {
    if (this.#past === null) return;
    const before = this.#past.opening;
    for (const [part, what] of PARTS) {
      if (JSON.stringify(before[part]) !== JSON.stringify(opening[part]))
        this.#onDifference({ where: what, before: JSON.stringify(before[part]), now: JSON.stringify(opening[part]) });
    }
  }

  /** Returns the recorded answer to the next request; null at the end of the record. */
  nextAnswer(): Past["answers"][number] | null {
    return this.#past?.answers[this.#next++] ?? null;
  }

  /** Compares a call's result with the record and returns the recorded action; a call that is not in the record is returned as it is. */
  settle(iteration: number, position: number, action: Action): Action {
    const past = this.#past?.actions.get(`${iteration}/${position}`);
    if (past === undefined) return action;
    const [before, now] = [asText(past), asText({ ...action, text: action.result.text })];
    if (before !== now) this.#onDifference({ where: `${action.call.name} in response ${iteration}`, ...firstDifference(before, now) });
    const { text, ...recorded } = past;
    return { ...action, ...recorded, result: { ...action.result, text, isError: past.errorKind !== null } };
  }
}

const PARTS = [
  ["system", "the system prompt"],
  ["firstTurns", "the task's messages"],
  ["tools", "the tools offered"],
] as const satisfies readonly (readonly [keyof Opening, string])[];

function diverge(difference: Difference): never {
  throw new ReplayDiverged(difference);
}

// How far a command came before its time ran out is chance.
function asText({ errorKind, exitCode, timedOut, text }: Pick<PastAction, "errorKind" | "exitCode" | "timedOut" | "text">): string {
  if (timedOut) return "ran out of time";
  const stable = VOLATILE.reduce((rest, pattern) => rest.replace(pattern, "~"), text);
  return `${errorKind ?? ""}\n${exitCode ?? ""}\n${stable}`;
}

function firstDifference(before: string, now: string): { readonly before: string; readonly now: string } {
  const [a, b] = [before.split("\n"), now.split("\n")];
  const line = a.findIndex((text, index) => text !== b[index]);
  const at = line < 0 ? a.length : line;
  return { before: a[at] ?? "nothing", now: b[at] ?? "nothing" };
}
