import { describe, expect, onTestFinished, test } from "vitest";
import { openModels } from "../../../src/model/open-model.ts";
import { openDispatchers } from "../../../src/model/recording-fetch.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import { type Reply, startModelServer } from "../../fixtures/model-server.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { QuickClock } from "../../fixtures/quick-clock.ts";

const hello: Reply = { kind: "json", body: chatBody() };
const limited = (message: string, headers: Record<string, string> = {}): Reply => ({
  kind: "json",
  status: 429,
  headers,
  body: { error: { message } },
});
const loading: Reply = { kind: "json", status: 503, body: { error: { code: 503, message: "Loading model", type: "unavailable_error" } } };

/** A model with the least jitter there is, and the lines that it tells. */
async function hastyModel(script: readonly Reply[]) {
  const server = await startModelServer(script);
  onTestFinished(() => server.close());
  const clock = new QuickClock();
  const lines: string[] = [];
  const open = openModels({
    key: () => "sk-planted",
    now: () => clock.now(),
    clock,
    random: () => 0,
    notice: (text) => lines.push(text),
    dispatchers: openDispatchers(300),
  });
  const model = open(modelSpec({ baseUrl: `${server.url}/v1` }))({ task: undefined as never, attempt: 1 });
  return { model, server, clock, lines };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe("tries after a limit", () => {
  test("span at least a minute where no window is named, even with the least jitter", async () => {
    const { model, server, clock } = await hastyModel([limited("slow down")]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({ scope: "arm" });
    expect(server.received).toHaveLength(8);
    expect(sum(clock.sleeps)).toBeGreaterThan(60_000);
  });

  test("span a minute where the host names a second each time", async () => {
    const { model, server, clock } = await hastyModel([limited("tokens per minute", { "retry-after": "1" })]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({ scope: "arm" });
    expect(server.received).toHaveLength(8);
    expect(sum(clock.sleeps)).toBeGreaterThan(60_000);
  });

  test("after another failure may be over sooner, and then the trial alone ends", async () => {
    const { model, clock } = await hastyModel([{ kind: "json", status: 500, body: {} }]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({ scope: "trial" });
    expect(sum(clock.sleeps)).toBeLessThan(60_000);
  });

  test.for<{ title: string; reply: Reply; waitMs: number }>([
    { title: "its words", reply: limited("Please try again in 7.2s."), waitMs: 7200 },
    { title: "LiteLLM's header", reply: limited("limit", { "llm_provider-retry-after": "21" }), waitMs: 21_000 },
    {
      title: "OpenRouter's metadata",
      reply: {
        kind: "json",
        status: 429,
        body: {
          error: {
            message: "limit",
            code: 429,
            metadata: { headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(Date.now() + 90_000) } },
          },
        },
      },
      waitMs: 60_000,
    },
  ])("begin after the moment that $title names", async ({ reply, waitMs }) => {
    const { model, clock } = await benchModel([reply, hello]);

    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
    expect(Math.max(...clock.sleeps)).toBeGreaterThanOrEqual(waitMs);
  });

  test.for<{ title: string; body: unknown; says: RegExp }>([
    {
      title: "a day's limit without a moment",
      body: { error: { message: "Rate limit exceeded: free-models-per-day", code: 429 } },
      says: /a limit of many hours is used up: resume the run when it has been restored$/,
    },
    {
      title: "Google's limit of a day, beside which it names seconds",
      body: [
        {
          error: {
            code: 429,
            status: "RESOURCE_EXHAUSTED",
            message: "quota. Please retry in 47s",
            details: [{ violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" }] }, { retryDelay: "47s" }],
          },
        },
      ],
      says: /a limit of many hours is used up/,
    },
    {
      title: "a reset in hours",
      body: { error: { type: "usage_limit_reached", message: "The usage limit has been reached", resets_in_seconds: 32_400 } },
      says: /asks to wait 9 hours, and a run waits 15 minutes at most: resume it after 2026-01-01 09:00 UTC$/,
    },
  ])("do not come for $title: the arm is suspended at once, with the time", async ({ body, says }) => {
    const { model, server } = await benchModel([{ kind: "json", status: 429, body }]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      scope: "arm",
      isConfiguration: false,
      message: expect.stringMatching(says),
    });
    expect(server.received).toHaveLength(1);
  });

  test("come for a day's limit that is restored within minutes", async () => {
    const { model } = await benchModel([
      limited("Rate limit reached on tokens per day (TPD): Limit 100000. Please try again in 9m38.016s."),
      hello,
    ]);

    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
  });
});

describe("a server that loads its model", () => {
  test("is waited for, longer than eight tries, with one line", async () => {
    const { model, server, lines, clock } = await hastyModel([...Array.from({ length: 40 }, () => loading), hello]);

    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
    expect(lines).toEqual([`Waiting for ${server.url}/v1: it is loading the model`]);
    expect(sum(clock.sleeps)).toBeGreaterThanOrEqual(40 * 3000);
  });

  test("that is not ready after ten minutes suspends the arm", async () => {
    const { model } = await hastyModel([loading]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      scope: "arm",
      message: expect.stringMatching(/it has been loading its model for 1[01] minutes: resume the run when it is ready$/),
    });
  });

  test("shows that its host is alive: one that then refuses connections is waited for", async () => {
    const { model } = await benchModel([loading, { kind: "drop" }, hello]);

    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response" });
  });
});

test("a host that refuses the first connection is not waited for", async () => {
  const open = openModels({ key: () => "sk-planted", now: () => new Date() });
  const model = open(modelSpec({ baseUrl: "http://127.0.0.1:9/v1" }))({ task: undefined as never, attempt: 1 });

  await expect(model.generate(modelRequest())).rejects.toMatchObject({
    scope: "arm",
    message: expect.stringMatching(/check that http:\/\/127\.0\.0\.1:9\/v1 is up and can be reached$/),
  });
});

test("a call that a server cannot read is the model's, asked for once and never a reason to hold back other calls", async () => {
  const bad: Reply = {
    kind: "json",
    status: 500,
    body: { error: "error parsing tool call: raw='{\"a\":', err=unexpected end of JSON input" },
  };
  const { model, server, clock } = await benchModel([bad]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => model.generate(modelRequest())));

  expect(answers.every(({ kind, attempts }) => kind === "bad-tool-call" && attempts.length === 1 && attempts[0]?.billing === "maybe")).toBe(
    true,
  );
  expect(server.received).toHaveLength(20);
  expect(clock.sleeps).toEqual([]);
});

describe("what a request is assumed to have cost", () => {
  const spec = {
    price: { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 },
    maxOutputTokens: 1000,
  };

  test("is nothing for rejections, failures inside and overloads, and the most that it can have cost where it broke off", async () => {
    const failed = (status: number): Reply => ({ kind: "json", status, body: {} });
    const { model } = await benchModel([failed(500), failed(503), failed(529), failed(429), failed(502), { kind: "drop" }, hello], spec);
    const answer = await model.generate(modelRequest());

    expect(answer.attempts.map(({ billing }) => billing)).toEqual(["none", "none", "none", "none", "maybe", "maybe", "known"]);
    for (const { billing, assumedUsd } of answer.attempts) {
      if (billing === "maybe") expect(assumedUsd).toBeGreaterThan((1000 * 15) / 1e6);
      else expect(assumedUsd).toBe(0);
    }
  });

  test("is what a body without a finish says that it used", async () => {
    const halfBody = { ...chatBody(), choices: [] };
    const { model } = await benchModel([{ kind: "json", body: halfBody }, hello], spec);
    const answer = await model.generate(modelRequest());

    expect(answer.attempts.map(({ billing }) => billing)).toEqual(["known", "known"]);
  });

  test("goes with the error of a call that got no answer", async () => {
    const { model } = await benchModel([{ kind: "json", status: 500, body: {} }], spec);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      scope: "trial",
      attempts: Array.from({ length: 8 }, () => ({ status: 500, billing: "none" })),
    });
  });
});
