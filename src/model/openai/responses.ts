import { JSON_TEXT, type Protocol } from "../protocol.ts";
import { openAiClient } from "./client.ts";
import { decodeResponses } from "./responses-decode.ts";
import { encodeResponses } from "./responses-encode.ts";
import { collectResponses } from "./responses-stream.ts";

/** OpenAI's Responses, the API that keeps the reasoning of its models from turn to turn. */
export const openAiResponses: Protocol = {
  encode: encodeResponses,
  decode: decodeResponses,
  async send(spec, body, transport) {
    const options = { body, headers: JSON_TEXT, signal: transport.signal };
    const api = openAiClient(spec, transport);
    if (!spec.stream) return api.post<unknown>("/responses", options);
    return collectResponses(await api.post<AsyncIterable<unknown>>("/responses", { ...options, stream: true }));
  },
};
