import type { ChatCompletionCreateParamsNonStreaming, ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import { decodeChat } from "./chat-decode.ts";
import { encodeChat } from "./chat-encode.ts";
import { collectChat } from "./chat-stream.ts";
import { openAiClient } from "./openai-client.ts";
import type { Protocol } from "./protocol.ts";

/** Chat Completions, of OpenAI and of every host that speaks it. */
export const openAiChat: Protocol = {
  encode: encodeChat,
  decode: decodeChat,
  async send(spec, body, wire) {
    const completions = openAiClient(spec, wire).chat.completions;
    const options = { signal: wire.signal };
    if (!spec.stream) return completions.create(body as unknown as ChatCompletionCreateParamsNonStreaming, options);
    return collectChat(await completions.create(body as unknown as ChatCompletionCreateParamsStreaming, options));
  },
};
