import Anthropic from "@anthropic-ai/sdk";
import type { ModelSpec } from "../core/model.ts";
import { decodeAnthropic } from "./anthropic-decode.ts";
import { encodeAnthropic } from "./anthropic-encode.ts";
import { collectAnthropic } from "./anthropic-stream.ts";
import { isHost, type Protocol, REQUEST_TIMEOUT_MS, type Wire } from "./protocol.ts";

const OLD_VERSION = "2023-06-01";

/** Anthropic Messages, of Anthropic and of hosts that speak it. */
export const anthropic: Protocol = {
  encode: encodeAnthropic,
  decode: decodeAnthropic,
  async send(spec, body, wire) {
    // Straight to the path: the typed method prints its own warnings about old models.
    const options = { body, signal: wire.signal, timeout: REQUEST_TIMEOUT_MS };
    const api = client(spec, wire);
    if (!spec.stream) return api.post<unknown>("/v1/messages", options);
    return collectAnthropic(await api.post<AsyncIterable<unknown>>("/v1/messages", { ...options, stream: true }));
  },
};

function client(spec: ModelSpec, wire: Wire): Anthropic {
  return new Anthropic({
    apiKey: wire.key ?? "none",
    // The SDK adds the version folder itself.
    baseURL: spec.baseUrl.replace(/\/v1\/?$/, ""),
    defaultHeaders: { ...versionHeader(spec), ...(wire.key === null && { "X-Api-Key": null }), ...spec.headers },
    fetch: wire.fetch,
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    logLevel: "off",
  });
}

/** Hosts that resemble Anthropic may know only the old version. */
function versionHeader(spec: ModelSpec): Record<string, string> {
  const version = spec.anthropicVersion ?? (isHost(spec, "api.anthropic.com") ? null : OLD_VERSION);
  return version === null ? {} : { "anthropic-version": version };
}
