import { describe, expect, test } from "vitest";
import type { Api, Turn } from "../../src/core/model.ts";
import { geminiBody } from "../fixtures/gemini-body.ts";
import { type Bench, benchModel, modelRequest } from "../fixtures/model-bench.ts";
import { chatBody, chatCall, messageBody, responsesBody } from "../fixtures/model-body.ts";
import type { Script } from "../fixtures/model-server.ts";

type Message = Record<string, unknown>;
type Host = {
  readonly title: string;
  readonly api: Exclude<Api, "scripted">;
  /** Whether the host rejects the request, as the real one does. */
  readonly rejects: (body: Message) => boolean;
  readonly status: number;
  readonly error: unknown;
  readonly native: unknown;
};

const said = (message: string, type = "invalid_request_error") => ({ error: { message, type, param: null, code: null } });
const assistants = (body: Message) => (body["messages"] as Message[]).filter(({ role }) => role === "assistant");
const chatTurn = (fields: object) => ({ role: "assistant", content: "", tool_calls: [chatCall("call_1", "read_file", "{}")], ...fields });

const HOSTS: readonly Host[] = [
  {
    title: "DeepSeek, which wants the reasoning of every turn",
    api: "openai-chat",
    rejects: (body) => assistants(body).some((message) => message["reasoning_content"] === undefined),
    status: 400,
    error: said("Missing `reasoning_content` field in the assistant message at message index 2"),
    native: chatTurn({}),
  },
  {
    title: "Mistral, which wants ids of nine letters and digits",
    api: "openai-chat",
    rejects: (body) =>
      assistants(body).some((message) => (message["tool_calls"] as Message[]).some(({ id }) => !/^[a-zA-Z0-9]{9}$/.test(String(id)))),
    status: 400,
    error: {
      object: "error",
      message: "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.",
      type: "invalid_function_call",
      code: 3280,
    },
    native: chatTurn({}),
  },
  {
    title: "a server that knows no fields of others",
    api: "openai-chat",
    rejects: (body) => assistants(body).some((message) => "reasoning_details" in message),
    status: 422,
    error: {
      detail: [
        {
          type: "extra_forbidden",
          loc: ["body", "messages", 2, "assistant", "reasoning_details"],
          msg: "Extra inputs are not permitted",
          input: [],
        },
      ],
    },
    native: chatTurn({ reasoning_details: [{ type: "reasoning.text", text: "Hm." }] }),
  },
  {
    title: "a host in words that nobody knows",
    api: "openai-chat",
    rejects: (body) => assistants(body).some((message) => (message["tool_calls"] as Message[]).some((call) => "index" in call)),
    status: 400,
    error: said("the value at 7 is bad"),
    native: chatTurn({ tool_calls: [{ ...chatCall("call_1", "read_file", "{}"), index: 0 }] }),
  },
  {
    title: "Anthropic, of thinking whose signature another host made",
    api: "anthropic",
    rejects: (body) => JSON.stringify(body["messages"]).includes('"thinking"'),
    status: 400,
    error: {
      type: "error",
      error: { type: "invalid_request_error", message: "messages.1.content.0: Invalid `signature` in `thinking` block" },
    },
    native: [
      { type: "thinking", thinking: "Hm.", signature: "x" },
      { type: "tool_use", id: "call_1", name: "read_file", input: {} },
    ],
  },
  {
    title: "OpenAI, of reasoning that it cannot decrypt",
    api: "openai-responses",
    rejects: (body) => JSON.stringify(body["input"]).includes("encrypted_content"),
    status: 400,
    error: said(
      "The encrypted content for item rs_1 could not be verified. Reason: Encrypted content organization_id did not match the target organization.",
    ),
    native: [
      { type: "reasoning", summary: [], encrypted_content: "x" },
      { type: "function_call", call_id: "call_1", name: "read_file", arguments: "{}" },
    ],
  },
  {
    title: "Google, of a call whose signature is lost",
    api: "gemini",
    rejects: (body) => !JSON.stringify(body["contents"]).includes('"thoughtSignature"'),
    status: 400,
    error: {
      error: {
        code: 400,
        message: "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.",
        status: "INVALID_ARGUMENT",
      },
    },
    native: { role: "model", parts: [{ functionCall: { id: "call_1", name: "read_file", args: {} } }] },
  },
];

const ANSWERS = { "openai-chat": chatBody(), "openai-responses": responsesBody(), anthropic: messageBody(), gemini: geminiBody() } as const;

function turnsWith(native: unknown): readonly Turn[] {
  const calls = [{ id: "call_1", name: "read_file", args: { kind: "ok", value: {} } as const, rawArguments: "{}" }];
  return [
    { kind: "user", text: "Do it." },
    { kind: "assistant", native, view: { text: "", reasoning: "", refusal: null, calls } },
    { kind: "tool", results: [{ callId: "call_1", name: "read_file", text: "one", isError: false }] },
  ];
}

async function hostOf({ api, rejects, status, error }: Host): Promise<Bench> {
  const script: Script = ({ body }) => (rejects(body) ? { kind: "json", status, body: error } : { kind: "json", body: ANSWERS[api] });
  return benchModel(script, { api });
}

describe.for(HOSTS)("a conversation that is rejected by $title", (host) => {
  test("is sent again in its strictest form, which is noted, and written so at once from then on", async () => {
    const { model, server } = await hostOf(host);
    const request = modelRequest({ turns: turnsWith(host.native) });
    const [first, second] = [await model.generate(request), await model.generate(request)];

    // As it was, it is rejected.
    expect(host.rejects(server.received[0]?.body ?? {})).toBe(true);
    expect(first).toMatchObject({
      kind: "response",
      attempts: [{ status: host.status }, { status: 200, fault: null }],
      repairs: [expect.stringMatching(/^the provider did not take the conversation/)],
    });
    expect(second).toMatchObject({ kind: "response", attempts: [{ status: 200, fault: null }], repairs: [] });
    expect(server.received).toHaveLength(3);
  });

  test("ends the trial when its strictest form is rejected too", async () => {
    const { model, server } = await hostOf({ ...host, rejects: () => true });

    await expect(model.generate(modelRequest({ turns: turnsWith(host.native) }))).rejects.toMatchObject({ name: "InfraError" });
    expect(server.received).toHaveLength(2);
  });
});
