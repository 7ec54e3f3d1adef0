import type { ErrorReport } from "./report.ts";

/**
 * What an error means, whoever says it.
 *
 * The model's doing: `malformed-call` (the server could not read the call that the model wrote), `refusal`, `overflow` and `no-room` (the conversation, or the
 * conversation with the room for an answer, exceeds the window; the user's configuration where that is so at the first request).
 *
 * The user's configuration: `output-limit` (max_output_tokens is more than the model writes), `quota`, `bad-key`, `forbidden`, `wrong-model`, `wrong-address`,
 * `wrong-parameter`, `no-tools`, `no-tool-parser`, `over-tier` (one request is larger than the account may send in a minute).
 *
 * The provider's: `limited`, `daily` (a limit of many hours is used up), `loading`, `passing`.
 *
 * The harness's own: `bad-history` (what was sent back is not valid for this host), `rejected` (nothing else is known about it).
 */
export type DialectKind =
  | "malformed-call"
  | "refusal"
  | "overflow"
  | "no-room"
  | "output-limit"
  | "quota"
  | "bad-key"
  | "forbidden"
  | "wrong-model"
  | "wrong-address"
  | "wrong-parameter"
  | "no-tools"
  | "no-tool-parser"
  | "over-tier"
  | "limited"
  | "daily"
  | "loading"
  | "passing"
  | "bad-history"
  | "rejected";

/**
 * An error as it comes over the wire: its HTTP status, or null for one that comes inside an answer or a stream; its body; headers that matter.
 *
 * @internal
 */
export type WireExample = readonly [status: number | null, body: unknown, headers?: Readonly<Record<string, string>>];

/**
 * One way in which a host says what is wrong. It applies where the status is one of `on`, a code is one of `codes` every one of `words` is in the text, and one of `anyOf`; what is
 * absent is not asked for. Codes and words are in lower case. The status of an error inside an answer is often not known, and is not asked for then.
 */
export type DialectEntry = {
  /** Who says it. */
  readonly by: string;
  readonly on?: readonly number[];
  readonly codes?: readonly string[];
  readonly words?: readonly string[];
  /** Words of which one is enough. */
  readonly anyOf?: readonly string[];
  /** Where it is documented or was met: a repository with the number of an issue, or a page of the vendor. */
  readonly source: string;
  readonly example: WireExample;
};

/** Checks whether an entry is about a reported error. */
export function isAbout({ on, codes, words, anyOf }: DialectEntry, report: ErrorReport): boolean {
  if (on !== undefined && report.status !== null && !on.includes(report.status)) return false;
  if (codes !== undefined && !codes.some((code) => report.codes.has(code))) return false;
  if (anyOf !== undefined && !anyOf.some((word) => report.text.includes(word))) return false;
  return words === undefined || words.every((word) => report.text.includes(word));
}

/** The body of an error of OpenAI and of the many hosts that speak like it. */
export function openAi(message: string, code: string | number | null = null, type: string | null = "invalid_request_error"): unknown {
  return { error: { message, type, param: null, code } };
}

/** The body of an error of Anthropic and of the hosts that speak like it. */
export function anthropic(message: string, type = "invalid_request_error"): unknown {
  return { type: "error", error: { type, message }, request_id: "req_1" };
}

/** The body of an error of Google, which its bridge to Chat Completions wraps in a list. */
export function google(code: number, message: string, status: string, details: readonly unknown[] = []): unknown {
  return [{ error: { code, message, status, details } }];
}
