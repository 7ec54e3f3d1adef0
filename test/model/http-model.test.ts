import { describe, expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { Model, ModelRequest, ModelResponse } from "../../src/core/model.ts";
import { benchModel, modelRequest, PLANTED_KEY } from "../fixtures/model-bench.ts";
import { chatBody, chatCall, messageBody } from "../fixtures/model-body.ts";
import { API_REPLIES } from "../fixtures/model-reply.ts";
import { type Reply, type Script, startModelServer } from "../fixtures/model-server.ts";

const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 };

async function answered(...args: Parameters<typeof benchModel>): Promise<ModelResponse> {
  const { model } = await benchModel(...args);
  const response = await model.generate(modelRequest());
  if (response.kind !== "response") throw new Error(response.message);
  return response;
}

async function failure(script: Script, changes: Parameters<typeof benchModel>[1] = {}): Promise<InfraError> {
  const { model } = await benchModel(script, changes);
  const error = await model.generate(modelRequest()).catch((thrown: unknown) => thrown);
  if (error instanceof InfraError) return error;
  throw new Error("no InfraError", { cause: error });
}

/** A request after the model has answered once. */
async function laterRequest(model: Model): Promise<ModelRequest> {
  const first = modelRequest();
  const answer = await model.generate(first);
  if (answer.kind !== "response") throw new Error(answer.message);
  return { ...first, turns: [...first.turns, answer.turn, { kind: "user", text: "Go on." }] };
}

describe.for(API_REPLIES)("a model over $api", ({ api, path, hello, helloStream, cutStream, error }) => {
  test("gives the answer with its usage, cost and who served it", async () => {
    const response = await answered([hello], { api, price });

    expect(response).toMatchObject({
      turn: { view: { text: "Hello.", reasoning: "", refusal: null, calls: [] } },
      finish: "stop",
      usage: { inputTokens: 12, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5, inconsistency: null },
      cost: { source: "models.yaml" },
      served: { requestId: "req_1" },
      attempts: [{ status: 200, fault: null }],
    });
    expect(response.cost.costUsd).toBeCloseTo((12 * 3 + 5 * 15) / 1e6, 12);
    expect(JSON.parse(response.rawBody)).toMatchObject(hello.kind === "json" ? (hello.body as object) : {});
    expect(response.startedAt).toMatch(/^2026-01-01T/);
  });

  test("gives the same answer from a stream", async () => {
    const whole = await answered([hello], { api });
    const streamed = await answered([helloStream], { api, stream: true });

    expect(streamed).toMatchObject({
      turn: { view: whole.turn.view },
      finish: whole.finish,
      finishRaw: whole.finishRaw,
      usage: whole.usage,
    });
    expect(streamed.served.model).toBe(whole.served.model);
    expect({ whole: whole.firstTokenMs, streamed: streamed.firstTokenMs }).toEqual({ whole: null, streamed: expect.any(Number) });
    expect(streamed.rawBody).toContain("data: ");
  });

  test("takes a whole answer to a request for a stream", async () => {
    expect((await answered([hello], { api, stream: true })).turn.view.text).toBe("Hello.");
  });

  test("sends one request to the right place with the key and the configured headers", async () => {
    const { model, server } = await benchModel([hello], { api, headers: { "x-team": "blue" }, extraBody: { flavour: "sweet" } });
    await model.generate(modelRequest());

    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toMatchObject({ path, headers: { "x-team": "blue" }, body: { flavour: "sweet" } });
    expect(api === "gemini" ? path : server.received[0]?.body["model"]).toContain("test-model-1");
    const { authorization, "x-api-key": apiKey, "x-goog-api-key": googKey } = server.received[0]?.headers ?? {};
    expect({ authorization, apiKey, googKey }).toEqual({
      authorization: api === "gemini" ? undefined : `Bearer ${PLANTED_KEY}`,
      apiKey: api === "anthropic" ? PLANTED_KEY : undefined,
      googKey: api === "gemini" ? PLANTED_KEY : undefined,
    });
  });

  test("sends no key where none is needed", async () => {
    const { model, server } = await benchModel([hello], { api, apiKeyEnv: null });
    await model.generate(modelRequest());

    expect(server.received[0]?.headers).not.toHaveProperty("authorization");
    expect(server.received[0]?.headers).not.toHaveProperty("x-api-key");
    expect(server.received[0]?.headers).not.toHaveProperty("x-goog-api-key");
  });

  test.for<{ title: string; fault: string; reply: Reply; stream?: boolean }>([
    {
      title: "an overloaded host",
      fault: "http-529 overloaded_error",
      reply: { kind: "json", status: 529, body: error(529, "overloaded_error", "busy") },
    },
    {
      title: "a limit",
      fault: "http-429 rate_limit_exceeded",
      reply: { kind: "json", status: 429, body: error(429, "rate_limit_exceeded", "slow down") },
    },
    {
      title: "a gateway's HTML",
      fault: "http-502",
      reply: { kind: "text", status: 502, text: "<html>Bad gateway</html>", contentType: "text/html" },
    },
    { title: "a timeout of the host", fault: "http-408", reply: { kind: "text", status: 408, text: "" } },
    { title: "a cut connection", fault: "UND_ERR_SOCKET", reply: { kind: "drop" } },
    { title: "a body that breaks off", fault: "UND_ERR_SOCKET", reply: { kind: "partial", text: '{"id":', end: "drop" } },
    { title: "malformed JSON", fault: "malformed-json", reply: { kind: "text", text: '{"id": "x", ' } },
    { title: "an error in disguise", fault: "error-503", reply: { kind: "json", body: { error: { code: 503, message: "no host" } } } },
    { title: "a limit in disguise", fault: "error-429", reply: { kind: "json", body: { error: { code: 429, message: "slow down" } } } },
    { title: "an empty object", fault: expect.stringMatching(/^no-/), reply: { kind: "json", body: {} } },
    { title: "an answer that is no JSON at all", fault: "no-answer", reply: { kind: "text", text: "hello", contentType: "text/plain" } },
    { title: "a stream that ends early", fault: "truncated-stream", reply: { kind: "events", text: cutStream }, stream: true },
    { title: "a stream that breaks off", fault: "UND_ERR_SOCKET", reply: { kind: "events", text: cutStream, end: "drop" }, stream: true },
    {
      title: "a stream that stalls",
      fault: "UND_ERR_BODY_TIMEOUT",
      reply: { kind: "events", text: cutStream, end: "stall" },
      stream: true,
    },
    {
      title: "a stream of malformed events",
      fault: expect.stringMatching(/malformed-json|truncated-stream/),
      reply: { kind: "events", text: `event: message_start\ndata: {"id": \n\n` },
      stream: true,
    },
  ])("tries again after $title", async ({ fault, reply, stream = false }) => {
    const { model, server, clock } = await benchModel([reply, stream ? helloStream : hello], { api, stream });
    const response = await model.generate(modelRequest());

    expect(response).toMatchObject({ kind: "response", turn: { view: { text: "Hello." } } });
    expect(response.attempts).toMatchObject([{ fault }, { status: 200, fault: null, waitedMs: 2000 }]);
    expect(server.received).toHaveLength(2);
    expect(server.received[1]?.body).toEqual(server.received[0]?.body);
    expect(clock.sleeps).toEqual([2000]);
  });

  test("asks for a whole answer after a stream without any event, so that a server can say why", async () => {
    const empty: Reply = { kind: "events", text: "" };
    const tooLong: Reply = {
      kind: "json",
      status: 400,
      body: error(400, "context_length_exceeded", "the prompt is too long: 9000 tokens"),
    };
    const { model, server } = await benchModel([helloStream, empty, tooLong], { api, stream: true });
    const rejection = await model.generate(await laterRequest(model));

    expect(rejection).toMatchObject({ kind: "context-exhausted", attempts: [{ fault: "empty-stream" }, { status: 400 }] });
    const [, streamed, whole] = server.received.map(({ body, path: at }) => ({ stream: at.includes("streamG"), ...body }));
    expect(streamed).toHaveProperty("stream", true);
    expect({ ...whole, stream: true }).toEqual({ ...streamed, stream_options: undefined });
  });

  test("takes the whole answer that comes after a stream without any event", async () => {
    const { model } = await benchModel([{ kind: "events", text: "" }, hello], { api, stream: true });

    expect(await model.generate(modelRequest())).toMatchObject({
      kind: "response",
      turn: { view: { text: "Hello." } },
      firstTokenMs: null,
    });
  });

  test.for([
    { title: "a bad key", status: 401, code: "invalid_api_key", scope: "arm", says: "TEST_KEY" },
    { title: "a forbidden key", status: 403, code: "permission_denied", scope: "arm", says: "TEST_KEY" },
    { title: "no credit", status: 402, code: "billing_error", scope: "arm", says: "credit" },
    { title: "a spent quota", status: 429, code: "insufficient_quota", scope: "arm", says: "credit" },
    { title: "an unknown model", status: 404, code: "model_not_found", scope: "arm", says: "test-model-1" },
    { title: "a parameter the model has not", status: 400, code: "unsupported_parameter", scope: "arm", says: "unsupported_parameter" },
    { title: "a bad request", status: 400, code: "invalid_value", scope: "trial", says: "http-400 invalid_value: the reason" },
    { title: "a request it cannot process", status: 422, code: "unprocessable", scope: "trial", says: "http-422" },
  ])("fails at once, for the $scope, with $title", async ({ status, code, scope, says }) => {
    const { model, server } = await benchModel([{ kind: "json", status, body: error(status, code, "the reason") }], { api });
    const thrown = await model.generate(modelRequest()).catch((reason: unknown) => reason);

    expect(thrown).toBeInstanceOf(InfraError);
    expect(thrown).toMatchObject({ source: "provider", scope, message: expect.stringContaining(says) });
    expect(String(thrown)).not.toContain("\n");
    expect(server.received).toHaveLength(1);
  });

  test.for([
    { status: 400, code: "context_length_exceeded", message: "too long", kind: "context-exhausted" },
    {
      status: 400,
      code: "invalid_request_error",
      message: "prompt is too long: 210000 tokens > 200000 maximum",
      kind: "context-exhausted",
    },
    { status: 400, code: "", message: "This model's maximum context length is 65536 tokens.", kind: "context-exhausted" },
    { status: 413, code: "request_too_large", message: "Request exceeds the maximum size", kind: "context-exhausted" },
    { status: 400, code: "content_policy_violation", message: "no", kind: "refused" },
    { status: 400, code: "cyber_policy", message: "no", kind: "refused" },
    { status: 400, code: "invalid_prompt", message: "no", kind: "refused" },
    { status: 400, code: "tool_use_failed", message: "Failed to call a function.", kind: "bad-tool-call" },
  ])("is rejected, not at fault, on $status $code $message", async ({ status, code, message, kind }) => {
    const { model, server } = await benchModel([hello, { kind: "json", status, body: error(status, code, message) }], { api });
    const later = await laterRequest(model);

    expect(await model.generate(later)).toMatchObject({ kind, message: expect.stringContaining(message), attempts: [{ status }] });
    expect(server.received).toHaveLength(2);
  });

  test.for([
    { status: 400, code: "context_length_exceeded", message: "too long" },
    { status: 400, code: "invalid_request_error", message: "prompt is too long: 210000 tokens > 200000 maximum" },
    { status: 413, code: "request_too_large", message: "Request exceeds the maximum size" },
    {
      status: 400,
      code: "invalid_request_error",
      message: "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens",
    },
  ])("fails the arm where the first request already meets $status $code $message", async ({ status, code, message }) => {
    const { model, server } = await benchModel([{ kind: "json", status, body: error(status, code, message) }], { api });

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      source: "provider",
      scope: "arm",
      isConfiguration: true,
      message: expect.stringMatching(/context_window|max_output_tokens/),
      attempts: [{ status, billing: "none", assumedUsd: 0 }],
    });
    expect(server.received).toHaveLength(1);
  });

  // A text alone has one form over Gemini, which is sent once.
  test.skipIf(api === "gemini")("sends a conversation that the host rejects once more in its strictest form, and notes it", async () => {
    const bad: Reply = {
      kind: "json",
      status: 400,
      body: error(400, "invalid_request_error", "The `reasoning_content` in the thinking mode must be passed back to the API."),
    };
    const { model, server } = await benchModel([hello, bad, hello], { api });
    const later = await laterRequest(model);

    expect(await model.generate(later)).toMatchObject({
      kind: "response",
      attempts: [
        { status: 400, billing: "none" },
        { status: 200, fault: null },
      ],
      repairs: [expect.stringContaining("the provider did not take the conversation")],
    });
    expect(server.received).toHaveLength(3);
    expect(JSON.stringify(server.received[2]?.body)).not.toBe(JSON.stringify(server.received[1]?.body));
  });

  test.skipIf(api === "gemini")("fails the trial, not the model, where the strictest form is rejected too", async () => {
    const bad: Reply = {
      kind: "json",
      status: 400,
      body: error(400, "invalid_request_error", "The `reasoning_content` in the thinking mode must be passed back to the API."),
    };
    const { model, server } = await benchModel([hello, bad], { api });
    const later = await laterRequest(model);

    await expect(model.generate(later)).rejects.toMatchObject({
      scope: "trial",
      isConfiguration: false,
      attempts: [{ status: 400 }, { status: 400 }],
    });
    expect(server.received).toHaveLength(3);
  });

  test("stops within a second of the signal, with its reason", async () => {
    const stop = new AbortController();
    const { model } = await benchModel(
      () => {
        setImmediate(() => stop.abort(new Error("the user left")));
        return { kind: "stall" };
      },
      { api },
    );
    const began = performance.now();

    await expect(model.generate(modelRequest({ signal: stop.signal }))).rejects.toThrow("the user left");
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("stops in the middle of a stream", async () => {
    const stop = new AbortController();
    const { model } = await benchModel(
      () => {
        setTimeout(() => stop.abort(new Error("the user left")), 50);
        return { kind: "events", text: cutStream, end: "stall" };
      },
      { api, stream: true },
    );

    await expect(model.generate(modelRequest({ signal: stop.signal }))).rejects.toThrow("the user left");
  });

  test.for<{ title: string; reply: Reply }>([
    {
      title: "a refusal of the key",
      reply: { kind: "json", status: 401, body: error(401, "invalid_api_key", `Incorrect API key: ${PLANTED_KEY}`) },
    },
    { title: "an odd body", reply: { kind: "text", status: 418, text: `no ${encodeURIComponent(PLANTED_KEY)} ${PLANTED_KEY}` } },
    { title: "eight failures", reply: { kind: "json", status: 503, body: error(503, "down", `key ${PLANTED_KEY}`) } },
  ])("keeps the key out of the message of $title", async ({ reply }) => {
    const thrown = await failure([reply], { api });
    const seen = [String(thrown), thrown.stack, JSON.stringify(thrown), JSON.stringify(thrown.cause)].join();

    expect(seen).not.toContain("planted");
  });

  test("keeps the key out of a rejection and of the stored body", async () => {
    const rejected = await benchModel([{ kind: "json", status: 400, body: error(400, "invalid_prompt", `echo ${PLANTED_KEY}`) }], { api });
    const echo = hello.kind === "json" ? { ...hello, body: { ...(hello.body as object), echo: PLANTED_KEY } } : hello;

    expect(JSON.stringify(await rejected.model.generate(modelRequest()))).not.toContain("planted");
    expect((await answered([echo], { api })).rawBody).toMatch(/"echo":"\[redacted\]"/);
  });

  test("has an unknown cost when the usage is not reported", async () => {
    const body = hello.kind === "json" ? { ...(hello.body as object), usage: undefined, usageMetadata: undefined } : {};
    const response = await answered([{ kind: "json", body }], { api, price });

    expect(response.usage.isKnown).toBe(false);
    expect(response.cost).toEqual({ costUsd: null, noCacheCostUsd: null, source: "unknown", computedUsd: null, reportedUsd: null });
  });
});

test("a key that cannot be sent is an error that does not show it", async () => {
  const { model } = await benchModel([{ kind: "json", body: chatBody() }], { headers: { authorization: "Bearer sk-bad\nplanted-value" } });
  const thrown = await model.generate(modelRequest()).catch((reason: unknown) => reason);

  expect(thrown).toBeInstanceOf(InfraError);
  expect([String(thrown), (thrown as Error).stack, JSON.stringify((thrown as Error).cause)].join()).not.toContain("planted-value");
});

test("an address where no server listens fails the arm with the address", async () => {
  const gone = await startModelServer([]);
  await gone.close();
  const thrown = await failure([], { baseUrl: `${gone.url}/v1` });

  expect(thrown).toMatchObject({ scope: "arm", message: expect.stringContaining(gone.url) });
  expect(thrown.message).toContain("ECONNREFUSED");
});

test("a host that does not exist fails the arm or is tried again, as the resolver says", async () => {
  const thrown = await failure([], { baseUrl: "http://no-such-host.invalid/v1" });

  expect(thrown.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
});

test("models of different APIs answer side by side, each with its own", async () => {
  const replies = await Promise.all(API_REPLIES.map(({ api, hello }) => answered([hello], { api })));

  expect(replies.map(({ turn }) => turn.view.text)).toEqual(["Hello.", "Hello.", "Hello.", "Hello."]);
});

test("a key that an answer brings in two parts, or with escapes in the arguments of a call, is whole nowhere", async () => {
  const halves = [PLANTED_KEY.slice(0, 9), PLANTED_KEY.slice(9)];
  const escaped = PLANTED_KEY.replace("s", "\\u0073");
  const content = [
    ...halves.map((text) => ({ type: "text" as const, text, citations: null })),
    { type: "tool_use" as const, id: "id1", name: "write_file", input: {}, caller: { type: "direct" as const } },
  ];
  const chat = chatBody({
    finish: "tool_calls",
    message: { content: null, tool_calls: [chatCall("id1", "write_file", `{"path":"${escaped}"}`)] },
  });

  const parts = await answered([{ kind: "json", body: messageBody({ stop: "tool_use", content }) }], { api: "anthropic" });
  const call = await answered([{ kind: "json", body: chat }], { api: "openai-chat" });

  // Joined and read as they came, they would give the key.
  expect(halves.join("")).toBe(PLANTED_KEY);
  expect(JSON.parse(`"${escaped}"`)).toBe(PLANTED_KEY);
  expect(parts.turn.view.text).toBe("[redacted]");
  expect(call.turn.view.calls[0]?.args).toEqual({ kind: "ok", value: { path: "[redacted]" } });
});
