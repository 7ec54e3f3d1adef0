import { InfraError } from "../../core/errors.ts";
import type { HttpAttempt, ModelRequest, ModelSpec } from "../../core/model.ts";
import type { Decoded } from "../protocol.ts";
import { TOOL_PARSER_ADVICE, type WrittenCall, writtenCalls } from "./written-calls.ts";

/** What is to be done about an answer: nothing, a note for its step, or the report that the server reads no calls. */
export type ParserFinding =
  | { readonly kind: "none" }
  | { readonly kind: "slip"; readonly note: string }
  | { readonly kind: "no-parser"; readonly call: WrittenCall };

/**
 * Watches the answers of one model for calls that stand in its text. A server that has given a call as such reads calls, so that one in a text is the model's own slip,
 * which is noted once; a server that never has done so lacks a parser, which is a matter of how it was started.
 */
export class ToolParserWatch {
  #hasSeenCall = false;
  #isNoted = false;

  /** Judges an answer to a request that offered tools. */
  judge({ turn }: Decoded, { tools, turns }: ModelRequest): ParserFinding {
    const { calls, text } = turn.view;
    this.#hasSeenCall ||= calls.length > 0 || turns.some((earlier) => earlier.kind === "assistant" && earlier.view.calls.length > 0);
    if (calls.length > 0 || tools.length === 0) return { kind: "none" };
    const [call] = writtenCalls(
      text,
      tools.map(({ name }) => name),
    );
    if (call === undefined) return { kind: "none" };
    if (!this.#hasSeenCall) return { kind: "no-parser", call };
    if (this.#isNoted) return { kind: "none" };
    this.#isNoted = true;
    return { kind: "slip", note: `a call of ${call.name} was written as text (${call.mark}), and not made` };
  }
}

/** What the answer of a server without a tool parser took: its requests, and its cost in US dollars, null where that is unknown. */
type Spent = { readonly attempts: readonly HttpAttempt[]; readonly costUsd: number | null };

/** Makes the error for a server that reads no calls: the arm cannot work. The answer was paid for although it is of no use. */
export function noToolParser(spec: ModelSpec, { name, mark }: WrittenCall, { attempts, costUsd }: Spent): InfraError {
  const paid = attempts.map((attempt) =>
    attempt.billing === "known" ? ({ ...attempt, billing: "maybe", assumedUsd: costUsd } as const) : attempt,
  );
  const found = `a call of ${name} came as text (${mark}) and none as a call`;
  return new InfraError("provider", `Cannot use tools with "${spec.name}" at ${spec.baseUrl}: ${found}; ${TOOL_PARSER_ADVICE}`, {
    scope: "arm",
    isConfiguration: true,
    attempts: paid,
  });
}
