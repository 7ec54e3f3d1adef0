import { expect, test } from "vitest";
import type { Model, ModelRequest } from "../../../src/core/model.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { messageBody, responsesBody } from "../../fixtures/model-body.ts";
import { API_REPLIES } from "../../fixtures/model-reply.ts";
import { type Reply, sse } from "../../fixtures/model-server.ts";

type Said = { readonly code: string; readonly message: string };
const REFUSED: Said = { code: "api_error", message: "Output blocked by content filtering policy" };
const TOO_LONG: Said = { code: "context_length_exceeded", message: "Your input exceeds the context window of this model." };
const SPENT: Said = { code: "insufficient_quota", message: "You exceeded your current quota, please check your plan and billing details." };
const MALFORMED: Said = { code: "server_error", message: "Failed to parse input at pos 12: </tool_call>" };

const chunk = {
  id: "c",
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta: { role: "assistant", content: "I" }, finish_reason: null }],
};
const started = { type: "message_start", message: { ...messageBody(), content: [], stop_reason: null } };
const created = { type: "response.created", response: { ...responsesBody(), status: "in_progress", output: [] } };

/** The forms in which an API reports an error after it has answered 200. */
const FORMS: readonly {
  readonly title: string;
  readonly api: "openai-chat" | "openai-responses" | "anthropic";
  readonly stream?: boolean;
  readonly reply: (said: Said) => Reply;
}[] = [
  {
    title: "an error in a whole body",
    api: "openai-chat",
    reply: ({ code, message }) => ({ kind: "json", body: { error: { code, message } } }),
  },
  {
    title: "an error beside choices",
    api: "openai-chat",
    reply: ({ code, message }) => ({ kind: "json", body: { id: "x", choices: [], error: { code, message } } }),
  },
  { title: "a bare text", api: "openai-chat", reply: ({ message }) => ({ kind: "json", body: { error: message } }) },
  { title: "a detail", api: "openai-chat", reply: ({ message }) => ({ kind: "json", body: { detail: message } }) },
  {
    title: "a message alone",
    api: "openai-chat",
    reply: ({ code, message }) => ({ kind: "json", body: { object: "error", code, message } }),
  },
  { title: "a list", api: "openai-chat", reply: ({ code, message }) => ({ kind: "json", body: [{ error: { code, message } }] }) },
  {
    title: "MiniMax's base_resp",
    api: "openai-chat",
    reply: ({ message }) => ({ kind: "json", body: { id: "x", choices: null, base_resp: { status_code: 2013, status_msg: message } } }),
  },
  {
    title: "the error of a choice",
    api: "openai-chat",
    reply: ({ code, message }) => ({
      kind: "json",
      body: {
        id: "x",
        choices: [{ index: 0, message: { role: "assistant", content: "I" }, finish_reason: "error", error: { code, message } }],
      },
    }),
  },
  {
    title: "an event in mid-stream",
    api: "openai-chat",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([chunk, { error: { code, message } }]) }),
  },
  {
    title: "an error as a text in a stream",
    api: "openai-chat",
    stream: true,
    reply: ({ message }) => ({ kind: "events", text: sse([chunk, { error: message }]) }),
  },
  {
    title: "an error instead of a stream",
    api: "openai-chat",
    stream: true,
    reply: ({ code, message }) => ({ kind: "json", body: { error: { code, message } } }),
  },
  {
    title: "an event in mid-stream",
    api: "anthropic",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([started, { type: "error", error: { type: code, message } }]) }),
  },
  {
    title: "an error in a whole body",
    api: "anthropic",
    reply: ({ code, message }) => ({ kind: "json", body: { type: "error", error: { type: code, message } } }),
  },
  {
    title: "MiniMax's base_resp",
    api: "anthropic",
    reply: ({ message }) => ({ kind: "json", body: { base_resp: { status_code: 1000, status_msg: message } } }),
  },
  {
    title: "a failed response",
    api: "openai-responses",
    reply: ({ code, message }) => ({
      kind: "json",
      body: responsesBody({ status: "failed", error: { code, message } as never, output: [] }),
    }),
  },
  {
    title: "a failed response in a stream",
    api: "openai-responses",
    stream: true,
    reply: ({ code, message }) => ({
      kind: "events",
      text: sse([
        created,
        { type: "response.failed", response: responsesBody({ status: "failed", error: { code, message } as never, output: [] }) },
      ]),
    }),
  },
  {
    title: "an event in mid-stream",
    api: "openai-responses",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([created, { type: "error", code, message, param: null }]) }),
  },
];

async function laterRequest(model: Model): Promise<ModelRequest> {
  const first = modelRequest();
  const answer = await model.generate(first);
  if (answer.kind !== "response") throw new Error(answer.message);
  return { ...first, turns: [...first.turns, answer.turn, { kind: "user", text: "Go on." }] };
}

function helloOf(api: string, stream: boolean): Reply {
  const replies = API_REPLIES.find((one) => one.api === api);
  if (replies === undefined) throw new Error(`no replies for ${api}`);
  return stream ? replies.helloStream : replies.hello;
}

/** Errors that are all that a stream holds. */
const ALONE: typeof FORMS = [
  {
    title: "an error as the only event",
    api: "openai-chat",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([{ error: { code, message } }]) }),
  },
  {
    title: "an error as the only event",
    api: "anthropic",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([{ type: "error", error: { type: code, message } }]) }),
  },
  {
    title: "an error as the only event",
    api: "openai-responses",
    stream: true,
    reply: ({ code, message }) => ({ kind: "events", text: sse([{ type: "error", code, message, param: null }]) }),
  },
];

test.for([...FORMS, ...ALONE].map((form) => ({ ...form, name: `${form.api}, ${form.title}` })))(
  "$name means what it says, whatever the status is",
  async ({ api, stream = false, reply }) => {
    const hello = helloOf(api, stream);
    for (const { said, kind } of [
      { said: REFUSED, kind: "refused" },
      { said: TOO_LONG, kind: "context-exhausted" },
      { said: MALFORMED, kind: "bad-tool-call" },
    ]) {
      const { model, server } = await benchModel([hello, reply(said)], { api, stream });
      expect(await model.generate(await laterRequest(model))).toMatchObject({ kind, attempts: [{ status: 200 }] });
      expect(server.received).toHaveLength(2);
    }
    const { model, server } = await benchModel([reply(SPENT)], { api, stream });
    await expect(model.generate(modelRequest())).rejects.toMatchObject({ scope: "arm" });
    expect(server.received).toHaveLength(1);
  },
);
