import { openAiClient } from "./client.ts";
import { JSON_TEXT, type Protocol } from "../protocol.ts";
import { decodeResponses } from "./responses-decode.ts";
import { encodeResponses } from "./responses-encode.ts";
import { collectResponses } from "./responses-stream.ts";

/** OpenAI's Responses, the API that keeps the reasoning of its models from turn to turn. */
export const openAiResponses: Protocol = {
  encode: encodeResponses,
  decode: decodeResponses,
  async send(spec, body, wire) {
    const options = { body, headers: JSON_TEXT, signal: wire.signal };
    const api = openAiClient(spec, wire);
    if (!spec.stream) return api.post<unknown>("/responses", options);
    return collectResponses(await api.post<AsyncIterable<unknown>>("/responses", { ...options, stream: true }));
  },
};
