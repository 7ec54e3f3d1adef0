import type { ModelSpec } from "../../core/model.ts";
import { isHost } from "../protocol.ts";
import { type Dispatchers, recordedRequest } from "../recording-fetch.ts";
import { type Redact, redactedIn } from "../redact.ts";
import { classify } from "../traffic/fault.ts";

/** What a server said to a question beside the conversation; `status` is null when it did not answer at all. */
export type ServerAnswer =
  | { readonly kind: "read"; readonly body: unknown }
  | { readonly kind: "failed"; readonly status: number | null; readonly message: string };

/** Asks the server of a model; a question with a `body` is sent as POST. Never throws but the signal's reason. */
export type ServerReader = (url: URL, body?: Readonly<Record<string, unknown>>) => Promise<ServerAnswer>;

/** What reading from a server needs. */
export type ReaderDeps = {
  readonly key: string | null;
  readonly dispatchers: Dispatchers;
  readonly redact: Redact;
  readonly now: () => Date;
  readonly signal: AbortSignal;
};

const QUESTION_TIMEOUT_MS = 15_000;
const OLD_VERSION = "2023-06-01";

/**
 * Opens a reader of what the server of a model says about itself. Its key and headers go to the host of `base_url` alone: a question to another host is a bug of the caller.
 * Answers have the bounds of a model's, and redirects are not followed.
 */
export function serverReader(spec: ModelSpec, deps: ReaderDeps): ServerReader {
  return async (url, body) => {
    if (url.host !== new URL(spec.baseUrl).host)
      throw new Error(`Cannot ask "${url.host}": it is not the host of "${spec.name}"; this is a bug`);
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(QUESTION_TIMEOUT_MS)]);
    const { fetch, exchange, readWhole } = recordedRequest(deps.dispatchers, { isStreamed: false }, signal);
    const headers = { accept: "application/json", ...keyHeaders(spec, deps.key, url), ...spec.headers };
    const post = { method: "POST", body: JSON.stringify(body), headers: { ...headers, "content-type": "application/json" } };
    try {
      const response = await fetch(url, body === undefined ? { headers } : post);
      if (!response.ok) throw new Error(`status ${response.status}`);
      return { kind: "read", body: redactedIn(JSON.parse(await readWhole()), deps.redact) };
    } catch (error) {
      deps.signal.throwIfAborted();
      const fault = classify(error, exchange, deps.now(), deps.redact);
      return { kind: "failed", status: exchange.status, message: fault?.message ?? "the answer cannot be read" };
    }
  };
}

/** The key in the header that each API takes it in; Google's own address, beside its OpenAI-compatible one, takes it in another. */
function keyHeaders(spec: ModelSpec, key: string | null, url: URL): Readonly<Record<string, string>> {
  const version: Record<string, string> = spec.api === "anthropic" ? { "anthropic-version": spec.anthropicVersion ?? OLD_VERSION } : {};
  if (key === null) return version;
  if (spec.api === "anthropic") return { ...version, "x-api-key": key };
  const isGoogle = spec.api === "gemini" || (isHost(spec, "generativelanguage.googleapis.com") && !url.pathname.includes("/openai/"));
  return isGoogle ? { "x-goog-api-key": key } : { authorization: `Bearer ${key}` };
}
