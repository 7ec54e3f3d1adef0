import { createHash } from "node:crypto";
import type { Action, Stop } from "../../core/agent.ts";
import type { ToolCall } from "../../core/model.ts";

/** Whether a response kept to the protocol; `unclear` neither counts as a failure nor ends a series of failures. */
export type ProtocolState = "kept" | "broken" | "unclear";

/** The answer to a series of failures: a nudge to the model, or the end of the trial. */
export type StuckFinding = { readonly nudge: string | null; readonly stop: Stop | null };

const MAX_CYCLE = 3;
const NUDGE_AT_REPEATS = 3;
const STOP_AT_REPEATS = 5;
const NUDGE_AT_ERRORS = 3;
const STOP_AT_ERRORS = 6;
const STOP_AT_PROTOCOL_ERRORS = 3;
const WAY_OUT = "Try something different, or explain the problem and stop.";
const NOTHING: StuckFinding = { nudge: null, stop: null };

/**
 * Detects a model that makes no progress: the same call with the same result, a cycle of two or three such calls, the same error
 * of the harness on the same path, responses that break the protocol. Exit codes alone never count: running tests again is progress.
 *
 * A trial ends only after a nudge: calls of one response cannot cause both the nudge and the end.
 */
export class StuckWatch {
  readonly #calls: string[] = [];
  #isRepeatNudged = false;
  #errorKey: string | null = null;
  #errorCount = 0;
  #isErrorNudged = false;
  #protocolErrors = 0;

  /** Adds the calls of one response, in order, and judges them. */
  addCalls(actions: readonly Action[]): StuckFinding {
    for (const action of actions) this.#addCall(action);
    this.#calls.splice(0, this.#calls.length - MAX_CYCLE * STOP_AT_REPEATS);
    if (actions.length === 0) return NOTHING;
    const repeats = this.#judgeRepeats();
    const errors = this.#judgeErrors();
    return { nudge: repeats.nudge ?? errors.nudge, stop: repeats.stop ?? errors.stop };
  }

  /** Adds whether a response kept to the protocol. Returns the end of the trial after three in a row that broke it. */
  addProtocol(state: ProtocolState): Stop | null {
    if (state === "kept") this.#protocolErrors = 0;
    if (state === "broken") this.#protocolErrors += 1;
    if (this.#protocolErrors < STOP_AT_PROTOCOL_ERRORS) return null;
    return { kind: "protocol-errors", detail: `${this.#protocolErrors} responses in a row broke the protocol` };
  }

  #addCall({ call, result, errorKind }: Action): void {
    this.#calls.push(digest(`${call.name}\0${canonical(call)}\0${withoutTimes(result.text)}`));
    const key = errorKind === null ? null : `${errorKind} on ${pathOf(call)}`;
    if (key !== this.#errorKey) {
      this.#errorCount = 0;
      this.#isErrorNudged = false;
    }
    this.#errorKey = key;
    if (key !== null) this.#errorCount += 1;
  }

  #judgeRepeats(): StuckFinding {
    const found = longestRepeat(this.#calls);
    if (found.repeats < NUDGE_AT_REPEATS) {
      this.#isRepeatNudged = false;
      return NOTHING;
    }
    if (!this.#isRepeatNudged) {
      this.#isRepeatNudged = true;
      const nudge =
        found.length === 1
          ? `This exact call has now returned the same result ${found.repeats} times. ${WAY_OUT}`
          : `The last ${found.length} calls have now returned the same results ${found.repeats} times. ${WAY_OUT}`;
      return { nudge, stop: null };
    }
    if (found.repeats < STOP_AT_REPEATS) return NOTHING;
    const what = found.length === 1 ? "the same call" : `a cycle of ${found.length} calls`;
    return { nudge: null, stop: { kind: "stuck-repeat", detail: `${what} returned the same result ${found.repeats} times` } };
  }

  #judgeErrors(): StuckFinding {
    if (this.#errorKey === null || this.#errorCount < NUDGE_AT_ERRORS) return NOTHING;
    if (!this.#isErrorNudged) {
      this.#isErrorNudged = true;
      return { nudge: `The last ${this.#errorCount} calls failed with the same error (${this.#errorKey}). ${WAY_OUT}`, stop: null };
    }
    if (this.#errorCount < STOP_AT_ERRORS) return NOTHING;
    return { nudge: null, stop: { kind: "stuck-errors", detail: `${this.#errorKey}, ${this.#errorCount} times in a row` } };
  }
}

// Counts how often the end of the list repeats, for the cycle length with the most repeats; equal calls in a row are a cycle of one.
function longestRepeat(calls: readonly string[]): { readonly length: number; readonly repeats: number } {
  let best = { length: 1, repeats: 0 };
  for (let length = 1; length <= MAX_CYCLE; length += 1) {
    const cycle = calls.slice(-length);
    let repeats = 0;
    for (let end = calls.length; end >= length && cycle.every((call, index) => calls[end - length + index] === call); end -= length) {
      repeats += 1;
    }
    if (repeats > best.repeats) best = { length, repeats };
  }
  return best;
}

function canonical({ args, rawArguments }: ToolCall): string {
  if (args.kind === "invalid") return rawArguments ?? args.error;
  return JSON.stringify(args.value, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

// How long a command took is not part of its result.
function withoutTimes(text: string): string {
  return text.replace(/^(exit code: [^\n]{0,100}?)\(?\d{1,9}\.\d s\)/, "$1");
}

function pathOf({ name, args }: ToolCall): string {
  const path = args.kind === "ok" ? args.value["path"] : undefined;
  return typeof path === "string" ? path : name;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
