import type { ResponseCreateParamsNonStreaming, ResponseCreateParamsStreaming } from "openai/resources/responses/responses";
import { openAiClient } from "./openai-client.ts";
import type { Protocol } from "./protocol.ts";
import { decodeResponses } from "./responses-decode.ts";
import { encodeResponses } from "./responses-encode.ts";
import { collectResponses } from "./responses-stream.ts";

/** OpenAI's Responses, the API that keeps the reasoning of its models from turn to turn. */
export const openAiResponses: Protocol = {
  encode: encodeResponses,
  decode: decodeResponses,
  async send(spec, body, wire) {
    const { responses } = openAiClient(spec, wire);
    const options = { signal: wire.signal };
    if (!spec.stream) return responses.create(body as unknown as ResponseCreateParamsNonStreaming, options);
    return collectResponses(await responses.create(body as unknown as ResponseCreateParamsStreaming, options));
  },
};
