import { describe, expect, onTestFinished, test } from "vitest";
import { openProber } from "../../../src/model/probe/probe-model.ts";
import { startAimockPlaying } from "../../fixtures/aimock-model.ts";
import { PLANTED_KEY } from "../../fixtures/model-bench.ts";
import { type Reply, startModelServer } from "../../fixtures/model-server.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { chatServer, probeOn } from "../../fixtures/probe-server.ts";

const live = new AbortController().signal;

describe.for(["openai-chat", "openai-responses", "anthropic", "gemini"] as const)("a probe over %s", (api) => {
  test.for([false, true])("asks for a call and an answer after it (stream: %s)", async (stream) => {
    const server = await startAimockPlaying(({ messages }) =>
      messages.some(({ role }) => role === "tool")
        ? { text: "42", calls: [], inputTokens: 30, outputTokens: 2 }
        : { text: "", calls: [{ name: "read_file", args: { path: "number.txt" } }], inputTokens: 20, outputTokens: 5 },
    );
    const price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
    const prober = openProber({ key: () => PLANTED_KEY, now: () => new Date() });

    const { talk, costUsd } = await prober.probe(modelSpec({ api, stream, price, baseUrl: server.baseUrl(api) }), {
      signal: live,
      depth: "whole",
    });

    expect(talk).toMatchObject({ rejection: null, failure: null });
    expect(talk.responses.map(({ turn }) => [turn.view.calls.map(({ name }) => name), turn.view.text])).toEqual([
      [["read_file"], ""],
      [[], "42"],
    ]);
    expect(costUsd).toBeCloseTo((50 * 3 + 7 * 15) / 1e6, 12);
    expect(server.requests().filter(({ path }) => !path.endsWith("/models"))).toHaveLength(2);
  });
});

test("a probe sends the parameters of the entry, so that those are what is tried out", async () => {
  const { server } = await probeOn(chatServer(), {
    maxOutputTokens: 1234,
    temperature: 0.5,
    reasoning: { effort: "low" },
    extraBody: { provider: { order: ["x"] } },
    headers: { "x-team": "blue" },
  });
  const asked = server.received.filter(({ path }) => path === "/v1/chat/completions");

  expect(asked).toHaveLength(2);
  for (const { body, headers } of asked) {
    expect(body).toMatchObject({ max_tokens: 1234, temperature: 0.5, reasoning_effort: "low", provider: { order: ["x"] } });
    expect(headers).toMatchObject({ "x-team": "blue", authorization: `Bearer ${PLANTED_KEY}` });
  }
});

test("the whole probe reads the list of models and the window in it", async () => {
  const { probe } = await probeOn(chatServer());

  expect(probe).toMatchObject({ offered: { id: "good" }, window: { tokens: 8192, isServed: true }, nearest: [] });
});

test("a short probe of a model that answers asks nothing below its address but the conversation", async () => {
  const { probe, server } = await probeOn(chatServer(), { depth: "short" });

  expect(probe.catalogue).toBeNull();
  expect(server.received.map(({ path }) => path).filter((path) => path.startsWith("/v1"))).toEqual([
    "/v1/chat/completions",
    "/v1/chat/completions",
  ]);
});

test("a name that the server does not have brings the nearest ones, in a short probe too", async () => {
  const { probe } = await probeOn(chatServer(), { depth: "short", model: "good-mni" });

  expect(probe.talk.failure).toMatchObject({ isConfiguration: true });
  expect(probe.nearest).toEqual(["good", "good-mini"]);
});

test("an address without /v1 is told from a wrong model", async () => {
  const server = await startModelServer(chatServer());
  onTestFinished(() => server.close());
  const prober = openProber({ key: () => PLANTED_KEY, now: () => new Date() });

  const probe = await prober.probe(modelSpec({ model: "good", baseUrl: server.url }), { signal: live, depth: "short" });

  expect(probe).toMatchObject({ lacksV1: true, talk: { responses: [] } });
});

describe("a hostile or broken server", () => {
  const HOSTILE: readonly { readonly does: string; readonly reply: Reply }[] = [
    { does: "closes the connection", reply: { kind: "drop" } },
    { does: "answers no JSON", reply: { kind: "text", text: "<html>" } },
    { does: "answers a list without an end", reply: { kind: "text", text: "[".repeat(300_000) } },
    {
      does: "lists too much to be read",
      reply: { kind: "text", text: JSON.stringify({ data: Array.from({ length: 60_000 }, (_, id) => ({ id: String(id) })) }) },
    },
    { does: "repeats the key", reply: { kind: "json", status: 400, body: { error: { message: `bad key ${PLANTED_KEY}` } } } },
    {
      does: "sends a redirect to another host",
      reply: { kind: "json", status: 302, headers: { location: "http://127.0.0.2:1/v1/models" }, body: {} },
    },
  ];

  test.for(HOSTILE)("that $does when it is asked for its models spoils nothing else", async ({ reply }) => {
    const { probe } = await probeOn(chatServer(({ path }) => (path.endsWith("/chat/completions") ? null : reply)));

    expect(probe.talk.responses).toHaveLength(2);
    expect(probe.catalogue).toMatchObject({ kind: "unlisted" });
    expect(JSON.stringify(probe)).not.toContain(PLANTED_KEY);
  });

  test("that quotes the key where it refuses it does not bring it into what is found", async () => {
    const quoted = `Incorrect API key provided: ${PLANTED_KEY} (${Buffer.from(PLANTED_KEY).toString("base64")})`;
    const { probe } = await probeOn(() => ({ kind: "json", status: 401, body: { error: { message: quoted, code: "invalid_api_key" } } }));

    expect(probe.talk.failure).toMatchObject({ isConfiguration: true });
    const told = JSON.stringify([probe, probe.talk.failure?.message]);
    expect(told).toContain("[redacted]");
    expect(told).not.toContain(PLANTED_KEY);
    expect(told).not.toContain(Buffer.from(PLANTED_KEY).toString("base64"));
  });

  test("that never answers is given up after the time for an answer", async () => {
    const { probe } = await probeOn(() => ({ kind: "stall" }), { depth: "short", answerTimeoutMs: 300 });

    expect(probe.talk).toMatchObject({
      responses: [],
      failure: { isConfiguration: false, message: expect.stringContaining("none came within") },
    });
  });

  test("that fails is asked twice and not for minutes", async () => {
    const { probe, server } = await probeOn(() => ({ kind: "json", status: 500, body: { error: { message: "broken" } } }), {
      depth: "short",
    });

    expect(probe.talk).toMatchObject({ responses: [], failure: { isConfiguration: false } });
    expect(server.received.filter(({ path }) => path.endsWith("/chat/completions"))).toHaveLength(2);
  });

  test("that asks to wait for an hour is not waited for", async () => {
    const limited: Reply = {
      kind: "json",
      status: 429,
      headers: { "retry-after": "3600" },
      body: { error: { message: "slow down", code: "rate_limit_exceeded" } },
    };
    const { probe } = await probeOn(() => limited, { depth: "short" });

    expect(probe.talk.failure).toMatchObject({ isConfiguration: false, scope: "arm" });
  });

  test("is left at once when the user interrupts", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("interrupted")), 100);
    const start = performance.now();

    await expect(probeOn(() => ({ kind: "stall" }), { signal: stop.signal })).rejects.toThrow("interrupted");
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

test("a server that loads its model is waited for, however short the time for an answer is, and a line says so", {
  timeout: 120_000,
}, async () => {
  let asked = 0;
  const server = await startModelServer(
    chatServer(({ path }) => {
      if (!path.endsWith("/chat/completions")) return null;
      asked += 1;
      return asked === 1
        ? { kind: "json", status: 503, body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } } }
        : null;
    }),
  );
  onTestFinished(() => server.close());
  const lines: string[] = [];
  const prober = openProber({ key: () => PLANTED_KEY, now: () => new Date(), notice: (line) => lines.push(line), answerTimeoutMs: 2_000 });

  const { talk } = await prober.probe(modelSpec({ model: "good", baseUrl: `${server.url}/v1` }), { signal: live, depth: "short" });

  expect(talk.responses).toHaveLength(2);
  expect(lines).toEqual([expect.stringMatching(/loading/)]);
});

test("a host that refuses the connection is no mistake of the entry's name or key", async () => {
  const server = await startModelServer([]);
  await server.close();
  const prober = openProber({ key: () => PLANTED_KEY, now: () => new Date() });

  const { talk } = await prober.probe(modelSpec({ model: "good", baseUrl: `${server.url}/v1` }), { signal: live, depth: "short" });

  expect(talk).toMatchObject({ responses: [], failure: { scope: "arm", isConfiguration: false } });
});
