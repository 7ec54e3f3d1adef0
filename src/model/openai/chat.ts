import { JSON_TEXT, type Protocol } from "../protocol.ts";
import { decodeChat } from "./chat-decode.ts";
import { encodeChat } from "./chat-encode.ts";
import { collectChat } from "./chat-stream.ts";
import { openAiClient } from "./client.ts";

/** Chat Completions, of OpenAI and of every host that speaks it. */
export const openAiChat: Protocol = {
  encode: encodeChat,
  decode: decodeChat,
  async send(spec, body, transport) {
    const options = { body, headers: JSON_TEXT, signal: transport.signal };
    const api = openAiClient(spec, transport);
    if (!spec.stream) return api.post<unknown>("/chat/completions", options);
    return collectChat(await api.post<AsyncIterable<unknown>>("/chat/completions", { ...options, stream: true }));
  },
};
