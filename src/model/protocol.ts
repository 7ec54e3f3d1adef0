import type { Finish, ModelRequest, ModelSpec, Served, Turn, Usage } from "../core/model.ts";
import { MAX_WORD_CHARS } from "./answer/bounds.ts";
import type { JsonRecord } from "./json.ts";

/** Headers of a body that is sent as text, which the SDKs pass on unchanged: a conversation is long, and writing it out takes time. */
export const JSON_TEXT = { "content-type": "application/json" };

/** The connection for one HTTP request of a call. The fetch records the answer and gives the SDK none of its body. */
export type Transport = { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal; readonly key: string | null };

/**
 * Takes back the headers that an official client took from the environment (OPENAI_CUSTOM_HEADERS, ANTHROPIC_CUSTOM_HEADERS), for which it has no option: they are meant
 * for the provider's own host and may hold secrets.
 */
export function withHeadersOf<Client extends object>(client: Client, defaultHeaders: Readonly<Record<string, string | null>>): Client {
  Object.assign(Reflect.get(client as object, "_options") as object, { defaultHeaders });
  return client;
}

/** What was read out of a body that answers the request. `usage` is null when the provider did not report it. */
export type Decoded = {
  readonly turn: Extract<Turn, { kind: "assistant" }>;
  readonly finish: Finish;
  readonly finishRaw: string;
  readonly usage: Usage | null;
  readonly reportedUsd: number | null;
  /** What had to be changed in the turn so that it can be sent back, a sentence each. */
  readonly repairs: readonly string[];
  readonly served: Omit<Served, "requestId">;
};

/**
 * How a conversation that the provider rejected is written again: in the strictest form of its API. `said` is the provider's message, which may name what it misses.
 */
export type Rewriting = { readonly said: string };

/**
 * One wire protocol, as four steps.
 *
 * Contract: `encode` and `decode` are pure; both make what goes back valid for the API, so that a conversation stored by an earlier version can be sent too; `send` makes one HTTP request of a body written as JSON and resolves when its headers are there, or throws what the SDK
 * throws. It goes straight to the path of the SDK's client, because the typed methods print warnings about old models and fail
 * in different ways on a body that they do not expect. `collect` puts the events of a stream together as if the answer had not been streamed; `isDone` tells afterwards whether its end mark came. `collect` and `decode`
 * throw BadAnswer for what is not an answer, and OverBound for one that is too large to be kept.
 */
export type Protocol = {
  encode(spec: ModelSpec, request: ModelRequest, rewriting?: Rewriting): JsonRecord;
  send(spec: ModelSpec, body: string, transport: Transport): Promise<void>;
  collect(events: AsyncIterable<unknown>, isDone?: () => boolean): Promise<JsonRecord>;
  decode(body: unknown, turns: readonly Turn[]): Decoded;
};

/** Thrown for a body that came with a success status and is not an answer: an error in disguise, or one that was cut short. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
  readonly label: string;
  /** The provider's error object where there is one. */
  readonly error: unknown;

  constructor(label: string, message: string, error: unknown = null) {
    super(message.slice(0, MAX_WORD_CHARS));
    this.label = label.slice(0, MAX_WORD_CHARS / 2);
    this.error = error;
  }
}

/** Time that one request may take, and how long its headers and its body may take. */
export const REQUEST_TIMEOUT_MS = 15 * 60_000;

/** Checks whether a base URL belongs to a host or a subdomain of it. */
export function isHost(spec: ModelSpec, host: string): boolean {
  const name = URL.canParse(spec.baseUrl) ? new URL(spec.baseUrl).hostname : "";
  return name === host || name.endsWith(`.${host}`);
}

/** A computer of one's own or its neighbours: loopback and private addresses, names without a domain, and those that only a local network has. */
const LOCAL_NAME =
  /^(?:localhost|\[::1\]|127\.[\d.]{5,11}|10\.[\d.]{5,11}|192\.168\.[\d.]{3,7}|172\.(?:1[6-9]|2\d|3[01])\.[\d.]{3,7}|[^.]{1,63}|.{1,250}\.(?:local|internal|lan))$/;

/** Checks whether a base URL names a server on this computer or its own network. */
export function isLocal(spec: ModelSpec): boolean {
  return URL.canParse(spec.baseUrl) && LOCAL_NAME.test(new URL(spec.baseUrl).hostname);
}
