import type { Api } from "../core/model.ts";
import { anthropic } from "./anthropic/anthropic.ts";
import { openAiChat } from "./openai/chat.ts";
import { openAiResponses } from "./openai/responses.ts";
import type { Protocol } from "./protocol.ts";

/** How each wire protocol is spoken. */
export const protocols: Readonly<Record<Exclude<Api, "scripted">, Protocol>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
};
