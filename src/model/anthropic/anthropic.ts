import Anthropic from "@anthropic-ai/sdk";
import type { ModelSpec } from "../../core/model.ts";
import { isHost, JSON_TEXT, type Protocol, REQUEST_TIMEOUT_MS, type Transport, withHeadersOf } from "../protocol.ts";
import { decodeAnthropic } from "./decode.ts";
import { encodeAnthropic } from "./encode.ts";
import { collectAnthropic } from "./stream.ts";

const OLD_VERSION = "2023-06-01";

/** Anthropic Messages, of Anthropic and of hosts that speak it. */
export const anthropic: Protocol = {
  encode: encodeAnthropic,
  decode: decodeAnthropic,
  collect: collectAnthropic,
  async send(spec, body, transport) {
    const options = { body, headers: JSON_TEXT, signal: transport.signal, stream: spec.stream };
    await client(spec, transport).post("/v1/messages", options).asResponse();
  },
};

function client(spec: ModelSpec, transport: Transport): Anthropic {
  const defaultHeaders = {
    ...(transport.key === null && { Authorization: null }),
    ...resemblingHeaders(spec, transport.key),
    ...spec.headers,
  };
  const api = new Anthropic({
    apiKey: transport.key ?? "none",
    // The SDK adds the version folder itself.
    baseURL: spec.baseUrl.replace(/\/v1\/?$/, ""),
    defaultHeaders,
    fetch: transport.fetch,
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    logLevel: "off",
  });
  return withHeadersOf(api, defaultHeaders);
}

/** Hosts that resemble Anthropic may know only the old version, and the key only in the header that went with it. */
function resemblingHeaders(spec: ModelSpec, key: string | null): Record<string, string> {
  const isAnthropic = isHost(spec, "api.anthropic.com");
  const version = spec.anthropicVersion ?? (isAnthropic ? null : OLD_VERSION);
  return { ...(version !== null && { "anthropic-version": version }), ...(!isAnthropic && key !== null && { "x-api-key": key }) };
}
