import OpenAI from "openai";
import type { ModelSpec } from "../../core/model.ts";
import { JSON_TEXT, type Protocol, REQUEST_TIMEOUT_MS, type Transport, withHeadersOf } from "../protocol.ts";
import { decodeChat } from "./chat-decode.ts";
import { encodeChat } from "./chat-encode.ts";
import { collectChat } from "./chat-stream.ts";
import { decodeResponses } from "./responses-decode.ts";
import { encodeResponses } from "./responses-encode.ts";
import { collectResponses } from "./responses-stream.ts";

/**
 * Makes the official client for one request. Everything it would take from the environment is set here, so that a run depends on models.yaml
 * alone; a host that needs no key gets none.
 */
function openAiClient(spec: ModelSpec, transport: Transport): OpenAI {
  const defaultHeaders = { ...(transport.key === null && { Authorization: null }), ...spec.headers };
  const client = new OpenAI({
    apiKey: transport.key ?? "none",
    adminAPIKey: null,
    organization: null,
    project: null,
    baseURL: spec.baseUrl,
    defaultHeaders,
    fetch: transport.fetch,
    maxRetries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    logLevel: "off",
  });
  return withHeadersOf(client, defaultHeaders);
}

/** Makes the `send` of an API at `path`. */
function sendTo(path: string): Protocol["send"] {
  return async (spec, body, transport) => {
    const options = { body, headers: JSON_TEXT, signal: transport.signal, stream: spec.stream };
    await openAiClient(spec, transport).post(path, options).asResponse();
  };
}

/** Chat Completions, of OpenAI and of every host that speaks it. */
export const openAiChat: Protocol = { encode: encodeChat, decode: decodeChat, collect: collectChat, send: sendTo("/chat/completions") };

/** OpenAI's Responses, the API that keeps the reasoning of its models from turn to turn. */
export const openAiResponses: Protocol = {
  encode: encodeResponses,
  decode: decodeResponses,
  collect: collectResponses,
  send: sendTo("/responses"),
};
