import { expect, test } from "vitest";
import { benchGateway, type GatewayBench } from "../../fixtures/gateway-bench.ts";
import { geminiBody, geminiCall, geminiChunk } from "../../fixtures/gemini-body.ts";
import { PLANTED_KEY } from "../../fixtures/model-bench.ts";
import { sse } from "../../fixtures/model-server.ts";

const PATH = "/v1beta/models/test-model-1";
const HI = { contents: [{ role: "user", parts: [{ text: "Say hello." }] }] };
const PRICE = { input: 1, output: 8, cacheRead: 0.1, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };

const post = ({ url }: GatewayBench, body: unknown, path = `${PATH}:generateContent`, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
const responses = ({ told }: GatewayBench) => told.flatMap((one) => (one.kind === "answered" ? [one.response] : []));
const asks = ({ told }: GatewayBench) => told.flatMap((one) => (one.kind === "asked" ? [one.request] : []));

// Each would make the provider do what the trial does not pay for, or reach what it may not.
test.for<{ title: string; body: Record<string, unknown>; path?: string; why: RegExp }>([
  { title: "another model", path: "/v1beta/models/gemini-9-ultra:generateContent", body: HI, why: /the model "gemini-9-ultra"/ },
  { title: "a model in another spelling", path: "/v1beta/models/x%2Ftest-model-1:generateContent", body: HI, why: /the model "x\/test/ },
  {
    title: "a search at the provider",
    body: { ...HI, tools: [{ googleSearch: {} }] },
    why: /tool "googleSearch", which runs at the provider/,
  },
  { title: "a search, in the other spelling", body: { ...HI, tools: [{ google_search: {} }] }, why: /tool "googleSearch"/ },
  { title: "pages of the web", body: { ...HI, tools: [{ functionDeclarations: [], urlContext: {} }] }, why: /tool "urlContext"/ },
  { title: "code run at the provider", body: { ...HI, tools: [{ code_execution: {} }] }, why: /tool "codeExecution"/ },
  { title: "files that are searched at the provider", body: { ...HI, tools: [{ fileSearch: {} }] }, why: /tool "fileSearch"/ },
  { title: "what the provider has kept", body: { ...HI, cachedContent: "cachedContents/1" }, why: /field "cachedContent"/ },
  { title: "what it has kept, in the other spelling", body: { ...HI, cached_content: "cachedContents/1" }, why: /field "cachedContent"/ },
  { title: "a dearer tier", body: { ...HI, serviceTier: "priority" }, why: /field "serviceTier"/ },
  { title: "a model in the body", body: { ...HI, model: "models/gemini-9" }, why: /field "model"/ },
  { title: "many answers at once", body: { ...HI, generationConfig: { candidateCount: 8 } }, why: /several answers/ },
  { title: "many answers, in the other spelling", body: { ...HI, generation_config: { candidate_count: 8 } }, why: /several answers/ },
  { title: "an image as an answer", body: { ...HI, generationConfig: { responseModalities: ["TEXT", "IMAGE"] } }, why: /no text/ },
  {
    title: "a file elsewhere",
    body: { contents: [{ parts: [{ fileData: { fileUri: "https://x/y.png" } }] }] },
    why: /a file elsewhere, which the provider would fetch/,
  },
  {
    title: "a file, in the other spelling",
    body: { contents: [{ parts: [{ file_data: { file_uri: "gs://x" } }] }] },
    why: /a file elsewhere/,
  },
  {
    title: "a file in what a tool gave",
    body: { contents: [{ parts: [{ functionResponse: { name: "x", response: {}, parts: [{ fileData: { fileUri: "gs://x" } }] } }] }] },
    why: /a file elsewhere/,
  },
  {
    title: "a film",
    body: { contents: [{ parts: [{ inlineData: { mimeType: "video/mp4", data: "" } }] }] },
    why: /a file of the type "video\/mp4"/,
  },
  { title: "a stream that is no events", path: `${PATH}:streamGenerateContent`, body: HI, why: /there is no POST/ },
  { title: "a key in the query", path: `${PATH}:generateContent?key=mine`, body: HI, why: /there is no POST/ },
  { title: "another method", path: `${PATH}:embedContent`, body: HI, why: /there is no POST/ },
  { title: "files", path: "/upload/v1beta/files", body: {}, why: /there is no POST/ },
  { title: "a count of tokens", path: `${PATH}:countTokens`, body: HI, why: /tokens are not counted here/ },
  { title: "another API", path: "/v1/chat/completions", body: { model: "test-model-1" }, why: /speaks gemini/ },
])("a request for $title is not passed on, and is told", async ({ body, path, why }) => {
  const bench = await benchGateway([], { api: "gemini" });

  const answer = await post(bench, body, path);

  expect(answer.status).toBeGreaterThanOrEqual(400);
  const { error } = (await answer.json()) as { error: { message: string } };
  expect(error.message).toContain("This request is not passed on");
  expect(bench.told).toEqual([{ kind: "refused", why: expect.stringMatching(why) }]);
  expect(bench.server.received).toEqual([]);
});

test("what is refused is said in Google's words", async () => {
  const bench = await benchGateway([], { api: "gemini" });

  const answer = await post(bench, { ...HI, tools: [{ googleSearch: {} }] });

  expect(await answer.json()).toMatchObject({ error: { code: 400, status: "INVALID_ARGUMENT" } });
});

test("fields that the API takes in two spellings arrive in one, and schemas and arguments as they were", async () => {
  const bench = await benchGateway([{ kind: "json", body: geminiBody() }], { api: "gemini" });
  const parameters = { type: "object", properties: { file_path: { type: "string" } } };

  await post(bench, {
    system_instruction: { parts: [{ text: "You write code." }] },
    contents: [
      { role: "user", parts: [{ text: "a" }] },
      { role: "model", parts: [{ function_call: { name: "read_file", args: { file_path: "a.py" } }, thought_signature: "sig" }] },
      { role: "user", parts: [{ function_response: { name: "read_file", response: { exit_code: 0 } } }] },
    ],
    tools: [{ function_declarations: [{ name: "read_file", parameters }] }],
    generation_config: { max_output_tokens: 50, maxOutputTokens: 40 },
  });

  expect(bench.server.received[0]?.body).toEqual({
    systemInstruction: { parts: [{ text: "You write code." }] },
    contents: [
      { role: "user", parts: [{ text: "a" }] },
      { role: "model", parts: [{ functionCall: { name: "read_file", args: { file_path: "a.py" } }, thoughtSignature: "sig" }] },
      { role: "user", parts: [{ functionResponse: { name: "read_file", response: { exit_code: 0 } } }] },
    ],
    tools: [{ functionDeclarations: [{ name: "read_file", parameters }] }],
    generationConfig: { maxOutputTokens: 40 },
  });
});

test("only the key of the harness reaches the provider, in Google's header", async () => {
  const bench = await benchGateway([{ kind: "json", body: geminiBody() }], { api: "gemini" });

  await post(bench, HI, undefined, { "x-goog-api-key": "mine", authorization: "Bearer mine", "x-goog-user-project": "mine" });

  expect(bench.server.received).toMatchObject([{ path: `${PATH}:generateContent`, headers: { "x-goog-api-key": PLANTED_KEY } }]);
  expect(JSON.stringify(bench.server.received[0]?.headers)).not.toContain("mine");
});

test("thoughts, cached tokens and what tools gave count as Google bills them, whole and streamed", async () => {
  const usage = {
    promptTokenCount: 1000,
    cachedContentTokenCount: 600,
    toolUsePromptTokenCount: 50,
    candidatesTokenCount: 20,
    thoughtsTokenCount: 300,
    totalTokenCount: 1370,
  };
  const events = sse([
    geminiChunk([{ text: "Hm.", thought: true }]),
    { ...geminiChunk([{ text: "Hello." }], "STOP"), usageMetadata: usage },
  ]);
  const bench = await benchGateway(
    [
      { kind: "json", body: geminiBody({ usage }) },
      { kind: "events", text: events },
    ],
    {
      api: "gemini",
      price: PRICE,
    },
  );

  await (await post(bench, HI)).text();
  await (await post(bench, HI, `${PATH}:streamGenerateContent?alt=sse`)).text();

  for (const { usage: read, cost } of responses(bench)) {
    expect(read).toMatchObject({ inputTokens: 450, cacheReadTokens: 600, outputTokens: 320, reasoningTokens: 300, inconsistency: null });
    expect(cost.costUsd).toBeCloseTo((450 * 1 + 600 * 0.1 + 320 * 8) / 1e6, 12);
  }
  expect(responses(bench)).toHaveLength(2);
});

test("a limit that states its delay in the error's details is waited for", async () => {
  const limited = {
    kind: "json",
    status: 429,
    body: {
      error: {
        code: 429,
        message: "You exceeded your current quota. Please retry in 17s.",
        status: "RESOURCE_EXHAUSTED",
        details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "17s" }],
      },
    },
  } as const;
  const bench = await benchGateway([limited, { kind: "json", body: geminiBody() }], { api: "gemini" });

  expect((await post(bench, HI)).status).toBe(200);

  const [first, second] = responses(bench)[0]?.attempts ?? [];
  expect(first).toMatchObject({ status: 429, fault: "http-429 RESOURCE_EXHAUSTED" });
  expect(second?.waitedMs).toBeGreaterThanOrEqual(17_000);
});

test("a prompt that is blocked is an answer that refuses, with what it cost", async () => {
  const blocked = {
    promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
    usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 },
  };
  const bench = await benchGateway([{ kind: "json", body: blocked }], { api: "gemini", price: PRICE });

  expect(await (await post(bench, HI)).json()).toEqual(blocked);

  expect(responses(bench)[0]).toMatchObject({ finish: "refusal", finishRaw: "PROHIBITED_CONTENT", turn: { view: { calls: [] } } });
});

// Calls of older models have no ids, and programs give them ids of their own.
test.for([
  { title: "by the provider's ids", ids: ["c1", "c2"], theirs: ["c1", "c2"] },
  { title: "by their order, where the program has made ids of its own", ids: [undefined, undefined], theirs: ["run-1", "run-2"] },
  { title: "by their order, where there are no ids", ids: [undefined, undefined], theirs: [undefined, undefined] },
])("results find their calls $title", async ({ ids, theirs }) => {
  const call = (nth: number, id: string | undefined) => geminiCall("read_file", { path: nth === 0 ? "a.py" : "b.py" }, id);
  const first = geminiBody({ parts: [call(0, ids[0]), call(1, ids[1])] });
  const bench = await benchGateway(
    [
      { kind: "json", body: first },
      { kind: "json", body: geminiBody() },
    ],
    { api: "gemini" },
  );
  const result = (nth: number) => ({
    functionResponse: {
      ...(theirs[nth] && { id: theirs[nth] }),
      name: "read_file",
      response: nth === 0 ? { output: "one" } : { error: "no" },
    },
  });

  await post(bench, HI);
  await post(bench, {
    contents: [
      ...HI.contents,
      { role: "model", parts: [call(0, theirs[0]), call(1, theirs[1])] },
      { role: "user", parts: [result(0), result(1)] },
    ],
    tools: [{ functionDeclarations: [{ name: "read_file" }] }],
  });

  const calls = responses(bench)[0]?.turn.view.calls ?? [];
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
  expect(asks(bench)[1]).toMatchObject({
    hasTools: true,
    results: [
      { callId: calls[0]?.id, text: "one", isError: false },
      { callId: calls[1]?.id, text: "no", isError: true },
    ],
  });
});
