import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { CapReached, InfraError } from "../../../src/core/errors.ts";
import type { Demand, SpendingLimit } from "../../../src/core/spending.ts";
import { benchGateway, type GatewayBench } from "../../fixtures/gateway-bench.ts";
import { PLANTED_KEY } from "../../fixtures/model-bench.ts";
import { API_REPLIES, type ApiReplies } from "../../fixtures/model-reply.ts";
import { until } from "../../fixtures/until.ts";

const PRICE = { input: 2, output: 10, cacheRead: 0.2, cacheWrite5m: 2.5, cacheWrite1h: 4, perRequest: 0 };
const MODEL = "test-model-1";

/** Asks for a greeting with the official client of an API, as a program inside a sandbox would; Google's is asked for as its client does. */
async function greet({ api }: Pick<ApiReplies, "api">, url: string, more: Record<string, unknown> = {}): Promise<string> {
  if (api === "gemini") return greetGemini(`${url}/v1beta/models/${MODEL}:generateContent`, more);
  const messages = [{ role: "user" as const, content: "Say hello." }];
  const asked = { model: MODEL, ...more };
  if (api === "anthropic") {
    const client = new Anthropic({ apiKey: "none-needed", baseURL: url, maxRetries: 0 });
    const answer = await client.messages.create({ max_tokens: 500, messages, stream: false, ...asked } as never);
    return (answer as Anthropic.Message).content.map((block) => ("text" in block ? block.text : "")).join("");
  }
  const client = new OpenAI({ apiKey: "none-needed", baseURL: `${url}/v1`, maxRetries: 0 });
  if (api === "openai-responses")
    return ((await client.responses.create({ input: "Say hello.", ...asked, stream: false } as never)) as OpenAI.Responses.Response)
      .output_text;
  const answer = await client.chat.completions.create({ messages, ...asked, stream: false } as never);
  return (answer as OpenAI.ChatCompletion).choices[0]?.message.content ?? "";
}

async function greetGemini(url: string, more: Record<string, unknown> = {}): Promise<string> {
  const contents = [{ role: "user", parts: [{ text: "Say hello." }] }];
  const headers = { "content-type": "application/json", "x-goog-api-key": "none-needed" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ contents, ...more }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error((JSON.parse(text) as { error: { message: string } }).error.message);
  const chunks = text.startsWith("data:") ? text.split("\n").filter((line) => line.startsWith("data: ")) : [text];
  return chunks
    .map((chunk) => JSON.parse(chunk.replace(/^data: /, "")) as { candidates: { content: { parts: { text: string }[] } }[] })
    .flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts.map((part) => part.text)))
    .join("");
}

async function greetStreamed({ api }: Pick<ApiReplies, "api">, url: string): Promise<string> {
  if (api === "gemini") return greetGemini(`${url}/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`);
  if (api === "anthropic") {
    const client = new Anthropic({ apiKey: "none-needed", baseURL: url, maxRetries: 0 });
    return client.messages.stream({ model: MODEL, max_tokens: 500, messages: [{ role: "user", content: "Say hello." }] }).finalText();
  }
  const client = new OpenAI({ apiKey: "none-needed", baseURL: `${url}/v1`, maxRetries: 0 });
  let text = "";
  if (api === "openai-responses") {
    for await (const event of await client.responses.create({ model: MODEL, input: "Say hello.", stream: true }))
      if (event.type === "response.output_text.delta") text += event.delta;
    return text;
  }
  const stream = await client.chat.completions.create({ model: MODEL, messages: [{ role: "user", content: "Say hello." }], stream: true });
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  return text;
}

const answers = ({ told }: GatewayBench) => told.flatMap((one) => (one.kind === "answered" ? [one.response] : []));
const refusals = ({ told }: GatewayBench) => told.flatMap((one) => (one.kind === "refused" ? [one.why] : []));

test.for(API_REPLIES)(
  "$api: the official client is answered, whole and streamed, metered and priced, and the key is put in on the way",
  async (replies) => {
    for (const [reply, ask] of [
      [replies.hello, greet],
      [replies.helloStream, greetStreamed],
    ] as const) {
      const bench = await benchGateway([reply], { api: replies.api, price: PRICE });

      expect(await ask(replies, bench.url)).toContain("Hello.");

      const [response, ...others] = answers(bench);
      expect(others).toEqual([]);
      expect(response?.usage.isKnown).toBe(true);
      expect(response?.cost.costUsd).toBeGreaterThan(0);
      const { path, headers, body } = bench.server.received[0] ?? { path: "", headers: {}, body: {} };
      expect(path).toBe(reply === replies.helloStream ? (replies.streamPath ?? replies.path) : replies.path);
      expect(headers["x-goog-api-key"] ?? headers["x-api-key"] ?? headers.authorization).toMatch(PLANTED_KEY.slice(0, 12));
      expect(JSON.stringify([headers, body])).not.toContain("none-needed");
    }
  },
);

test.for(API_REPLIES)("$api: what is streamed arrives byte for byte as the provider sent it", async (replies) => {
  const bench = await benchGateway([replies.helloStream], { api: replies.api });
  const messages = { model: MODEL, stream: true, messages: [{ role: "user", content: "hi" }], max_tokens: 9 };
  const body = {
    anthropic: messages,
    gemini: { contents: [] },
    "openai-chat": messages,
    "openai-responses": { model: MODEL, stream: true, input: "hi" },
  }[replies.api];

  const answer = await fetch(`${bench.url}${replies.streamPath ?? replies.path}`, { method: "POST", body: JSON.stringify(body) });

  expect(await answer.text()).toBe(replies.helloStream.kind === "events" ? replies.helloStream.text : "");
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
});

test.for(API_REPLIES)("$api: limits and cut streams are waited for and asked again, of which the program sees nothing", async (replies) => {
  const limited = {
    kind: "json",
    status: 429,
    body: replies.error(429, "rate_limit", "slow down"),
    headers: { "retry-after": "7" },
  } as const;
  const cut = { kind: "events", text: replies.cutStream, end: "drop" } as const;
  const bench = await benchGateway([limited, cut, replies.helloStream], { api: replies.api });

  expect(await greetStreamed(replies, bench.url)).toBe("Hello.");

  expect(bench.server.received).toHaveLength(3);
  expect(answers(bench)[0]?.attempts.map(({ status, fault }) => [status, fault === null])).toEqual([
    [429, false],
    [200, false],
    [200, true],
  ]);
});

test.for(API_REPLIES)("$api: a wrong key ends the trial, is no answer, and is not shown to the program", async (replies) => {
  const wrong = { kind: "json", status: 401, body: replies.error(401, "invalid_api_key", `no such key ${PLANTED_KEY}`) } as const;
  const bench = await benchGateway([wrong], { api: replies.api });

  await expect(greet(replies, bench.url)).rejects.toThrow("the trial is over");

  const failure = bench.told.find(({ kind }) => kind === "failed");
  expect(failure).toMatchObject({ error: expect.any(InfraError) });
  expect(failure).toMatchObject({ error: { scope: "arm" } });
  expect(JSON.stringify(bench.told)).not.toContain(PLANTED_KEY);
});

test.for(API_REPLIES)(
  "$api: a conversation that does not fit its window is told to the program in the provider's words",
  async (replies) => {
    const overflow = {
      kind: "json",
      status: 400,
      body: replies.error(400, "context_length_exceeded", "prompt is too long: 300000 tokens > 200000 maximum"),
    } as const;
    const bench = await benchGateway([overflow], { api: replies.api });
    const turns = ["user", "assistant", "user"].map((role) => ({ role, content: role }));
    const said = {
      anthropic: { messages: turns },
      gemini: { contents: ["user", "model", "user"].map((role) => ({ role, parts: [{ text: role }] })) },
      "openai-chat": { messages: turns },
      "openai-responses": { input: turns },
    }[replies.api];

    await expect(greet(replies, bench.url, said)).rejects.toThrow(/prompt is too long/);

    expect(bench.told.filter(({ kind }) => kind !== "asked")).toEqual([{ kind: "rejected", reason: "context-exhausted" }]);
  },
);

// Each would make the provider do what the trial does not pay for, or reach what it may not.
test.for<{ title: string; api: ApiReplies["api"]; path?: string; body: Record<string, unknown> | string; why: RegExp }>([
  {
    title: "another model",
    api: "anthropic",
    body: { model: "claude-opus-9", max_tokens: 9, messages: [] },
    why: /asks for the model "claude-opus-9"/,
  },
  { title: "no model", api: "openai-chat", body: { messages: [] }, why: /asks for the model "\(none\)"/ },
  { title: "a fallback model", api: "openai-chat", body: { model: MODEL, models: ["gpt-9"], messages: [] }, why: /field "models"/ },
  {
    title: "a search at the provider",
    api: "anthropic",
    body: { model: MODEL, tools: [{ type: "web_search_20250305", name: "web_search" }] },
    why: /tool "web_search_20250305", which runs at the provider/,
  },
  {
    title: "code run at the provider",
    api: "openai-responses",
    body: { model: MODEL, input: "x", tools: [{ type: "code_interpreter" }] },
    why: /code_interpreter/,
  },
  {
    title: "a server of tools elsewhere",
    api: "openai-responses",
    body: { model: MODEL, input: "x", tools: [{ type: "mcp", server_url: "https://x" }] },
    why: /"mcp"/,
  },
  {
    title: "servers of tools elsewhere",
    api: "anthropic",
    body: { model: MODEL, mcp_servers: [{ url: "https://x" }], messages: [] },
    why: /mcp_servers/,
  },
  { title: "search options", api: "openai-chat", body: { model: MODEL, web_search_options: {}, messages: [] }, why: /web_search_options/ },
  {
    title: "a conversation that the provider keeps",
    api: "openai-responses",
    body: { model: MODEL, previous_response_id: "resp_1", input: "x" },
    why: /previous_response_id/,
  },
  { title: "work in the background", api: "openai-responses", body: { model: MODEL, background: true, input: "x" }, why: /background/ },
  { title: "many answers at once", api: "openai-chat", body: { model: MODEL, n: 100, messages: [] }, why: /several answers/ },
  {
    title: "a dearer tier",
    api: "openai-chat",
    body: { model: MODEL, service_tier: "priority", messages: [] },
    why: /service tier "priority"/,
  },
  {
    title: "an image elsewhere",
    api: "openai-chat",
    body: { model: MODEL, messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "https://x/y.png" } }] }] },
    why: /an image elsewhere/,
  },
  {
    title: "an image elsewhere in a result",
    api: "anthropic",
    body: {
      model: MODEL,
      messages: [
        { role: "user", content: [{ type: "tool_result", content: [{ type: "image", source: { type: "url", url: "https://x" } }] }] },
      ],
    },
    why: /a file elsewhere/,
  },
  {
    title: "a file that the provider keeps",
    api: "openai-responses",
    body: { model: MODEL, input: [{ role: "user", content: [{ type: "input_image", file_id: "file-1" }] }] },
    why: /a file elsewhere/,
  },
  { title: "what is no JSON", api: "openai-chat", body: "{", why: /not a JSON object/ },
  { title: "another API", api: "openai-chat", path: "/v1/messages", body: { model: MODEL }, why: /speaks openai-chat/ },
  { title: "files", api: "openai-chat", path: "/v1/files", body: {}, why: /there is no POST \/v1\/files here/ },
  { title: "a path that leads out", api: "openai-chat", path: "/v1/../admin", body: {}, why: /there is no POST/ },
  { title: "more in the query", api: "anthropic", path: "/v1/messages?key=1", body: { model: MODEL }, why: /there is no POST/ },
])("a request for $title is not passed on, and is told", async ({ api, path, body, why }) => {
  const bench = await benchGateway([], { api });
  const route = path ?? API_REPLIES.find((one) => one.api === api)?.path ?? "";

  const answer = await fetch(`${bench.url}${route}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await answer.text()).toContain("This request is not passed on");
  expect(refusals(bench)).toEqual([expect.stringMatching(why)]);
  expect(bench.server.received).toEqual([]);
});

test("of two fields of one name the provider sees the one that was looked at", async () => {
  const [chat] = API_REPLIES;
  const bench = await benchGateway([chat?.hello ?? { kind: "drop" }]);
  const twice = `{"model": "gpt-9", "messages": [{"role": "user", "content": "hi"}], "model": "${MODEL}"}`;

  await fetch(`${bench.url}/v1/chat/completions`, { method: "POST", body: twice });

  expect(bench.server.received[0]?.body["model"]).toBe(MODEL);
});

test("a program's own headers for keys and hosts stay behind, and those that name betas are passed on", async () => {
  const reply = API_REPLIES.find(({ api }) => api === "anthropic")?.hello ?? ({ kind: "drop" } as const);
  const bench = await benchGateway([reply], { api: "anthropic" });

  await fetch(`${bench.url}/v1/messages?beta=true`, {
    method: "POST",
    headers: {
      "anthropic-beta": "some-beta",
      "x-api-key": "mine",
      authorization: "Bearer mine",
      cookie: "a=b",
      "x-forwarded-host": "evil",
    },
    body: JSON.stringify({ model: MODEL, max_tokens: 9, messages: [{ role: "user", content: "hi" }] }),
  });

  const { headers, path } = bench.server.received[0] ?? { headers: {}, path: "" };
  expect(path).toBe("/v1/messages?beta=true");
  expect(headers).toMatchObject({ "anthropic-beta": "some-beta", "x-api-key": PLANTED_KEY });
  expect(JSON.stringify(headers)).not.toMatch(/mine|a=b|evil/);
});

test("a program that loses its patience and asks the same again is given the answer to its first request", async () => {
  const [chat] = API_REPLIES;
  const bench = await benchGateway(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return chat?.hello ?? { kind: "drop" };
  });
  const ask = (signal?: AbortSignal) =>
    fetch(`${bench.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hi" }] }),
      ...(signal ? { signal } : {}),
    });

  await ask(AbortSignal.timeout(100)).catch(() => {});
  const again = await ask();

  expect([again.status, bench.server.received.length, answers(bench).length]).toEqual([200, 1, 1]);
});

/** A limit that grants so many tokens to each request, and keeps what was asked of it. */
function limitOf(maxOutputTokens: number): { readonly limit: SpendingLimit; readonly demands: Demand[] } {
  const demands: Demand[] = [];
  const limit: SpendingLimit = {
    reserve: async (demand) => {
      demands.push(demand);
      if (maxOutputTokens === 0) throw new CapReached("trial", "the trial has spent its $1.00");
      return { maxOutputTokens: Math.min(maxOutputTokens, demand.outputTokens), assumedUsd: 0, settle: () => {} };
    },
  };
  return { limit, demands };
}

test.for(API_REPLIES)(
  "$api: a longer answer than the limit affords is not asked for, also where the program leaves the length open",
  async (replies) => {
    const field = {
      anthropic: "max_tokens",
      gemini: "maxOutputTokens",
      "openai-chat": "max_completion_tokens",
      "openai-responses": "max_output_tokens",
    }[replies.api];
    const lengthOf = ({ server }: GatewayBench) => {
      const body = server.received[0]?.body ?? {};
      return ((replies.api === "gemini" ? body["generationConfig"] : body) as Record<string, unknown>)[field];
    };
    const { limit, demands } = limitOf(100);
    const bench = await benchGateway([replies.hello], { api: replies.api, price: PRICE }, { spendingLimit: limit });

    await greet(replies, bench.url, replies.api === "gemini" ? { generationConfig: { [field]: 20_000 } } : { [field]: 20_000 });

    expect(lengthOf(bench)).toBe(100);
    expect(demands[0]).toMatchObject({ outputTokens: 20_000, usdPerOutputToken: 10 / 1e6 });

    const open = await benchGateway([replies.hello], { api: replies.api, price: PRICE }, { spendingLimit: limitOf(20_000).limit });
    if (replies.api === "anthropic") return;
    await greet(replies, open.url);
    expect(lengthOf(open)).toBe(16_000);
  },
);

test("an image counts for as many tokens as any may have, and what is cached for an hour for its price", async () => {
  const reply = API_REPLIES.find(({ api }) => api === "anthropic")?.hello ?? ({ kind: "drop" } as const);
  const { limit, demands } = limitOf(100);
  const bench = await benchGateway([reply, reply, reply], { api: "anthropic", price: PRICE }, { spendingLimit: limit });
  const send = (content: readonly unknown[]) =>
    fetch(`${bench.url}/v1/messages`, {
      method: "POST",
      body: JSON.stringify({ model: MODEL, max_tokens: 50, messages: [{ role: "user", content }] }),
    });

  await send([{ type: "text", text: "hi" }]);
  await send([{ type: "image", source: { type: "base64", media_type: "image/png", data: "aaaa" } }]);
  await send([{ type: "text", text: "hi", cache_control: { type: "ephemeral", ttl: "1h" } }]);

  const [plain, image, cached] = demands.map(({ prompt }) => prompt);
  expect((image?.tokens ?? 0) - (plain?.tokens ?? 0)).toBeGreaterThan(19_000);
  expect((cached?.costUsd ?? 0) / (cached?.tokens ?? 1)).toBeCloseTo(PRICE.cacheWrite1h / 1e6, 9);
});

test("what a conversation can cost follows from the provider's count of the request before it, however marks of the cache move", async () => {
  const reply = API_REPLIES.find(({ api }) => api === "anthropic")?.hello ?? ({ kind: "drop" } as const);
  const { limit, demands } = limitOf(100);
  const bench = await benchGateway([reply], { api: "anthropic", price: PRICE }, { spendingLimit: limit });
  const marked = { cache_control: { type: "ephemeral" } };
  const send = (system: string, ...texts: readonly string[]) => {
    const messages = texts.map((text, index) => ({
      role: index % 2 === 0 ? "user" : "assistant",
      content: [{ type: "text", text, ...(index === texts.length - 1 ? marked : {}) }],
    }));
    return fetch(`${bench.url}/v1/messages`, { method: "POST", body: JSON.stringify({ model: MODEL, max_tokens: 50, system, messages }) });
  };
  const long = "x".repeat(50_000);

  await send("a", long);
  await send("a", long, "Hello.", "More.");
  await send("b", long, "Hello.", "More.");
  await send("a", "y".repeat(50_000));

  const [first = 0, grown = 0, otherSystem = 0, otherText = 0] = demands.map(({ prompt }) => prompt.tokens);
  expect(first).toBeGreaterThan(50_000);
  expect(grown).toBeLessThan(2_000);
  expect(otherSystem).toBeGreaterThan(50_000);
  expect(otherText).toBeGreaterThan(50_000);
});

test("a limit that is reached ends the trial before anything is sent", async () => {
  const [chat] = API_REPLIES;
  const bench = await benchGateway([], {}, { spendingLimit: limitOf(0).limit });

  await expect(greet(chat ?? { api: "openai-chat" }, bench.url)).rejects.toThrow("the trial is over");

  expect(bench.told.at(-1)).toMatchObject({ kind: "failed", error: expect.any(CapReached) });
  expect(bench.server.received).toEqual([]);
});

test("what the trial does not want is not sent, and the program learns why", async () => {
  const [chat] = API_REPLIES;
  const bench = await benchGateway([], {}, { asked: () => "the trial has reached a limit" });

  await expect(greet(chat ?? { api: "openai-chat" }, bench.url)).rejects.toThrow("the trial has reached a limit");

  expect(bench.server.received).toEqual([]);
});

test("a request that is larger than any window is refused without being kept", async () => {
  const bench = await benchGateway([]);

  const answer = await fetch(`${bench.url}/v1/chat/completions`, { method: "POST", body: Buffer.alloc(40 << 20, " ") });

  expect([answer.status, refusals(bench)]).toEqual([413, ["it is larger than any context window"]]);
});

test("the models that a program may list are that of the trial", async () => {
  const bench = await benchGateway([]);

  expect(await (await fetch(`${bench.url}/v1/models`)).json()).toMatchObject({ data: [{ id: MODEL }] });
  expect((await fetch(`${bench.url}/`, { method: "HEAD" })).status).toBe(200);
  expect(bench.server.received).toEqual([]);
});

test("closing ends the connections of a program, those under way too", async () => {
  const bench = await benchGateway([{ kind: "stall" }]);
  const asking = fetch(`${bench.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: MODEL, messages: [{ role: "user", content: "hi" }] }),
  });
  await until(() => bench.server.received.length > 0);

  bench.close();

  await expect(asking).rejects.toThrow();
});
