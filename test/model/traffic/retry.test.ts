import { describe, expect, test } from "vitest";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import type { Reply } from "../../fixtures/model-server.ts";

const hello: Reply = { kind: "json", body: chatBody() };
const limited = (headers: Record<string, string>): Reply => ({
  kind: "json",
  status: 429,
  headers,
  body: { error: { message: "slow down" } },
});
const down: Reply = { kind: "json", status: 503, body: { error: { message: "down" } } };

describe("a call", () => {
  test("waits as long as the provider asks and accounts for it", async () => {
    const { model, clock } = await benchModel([limited({ "retry-after": "7" }), hello]);
    const response = await model.generate(modelRequest());

    expect(clock.sleeps).toEqual([7000]);
    expect(response.attempts).toEqual([
      { status: 429, fault: "http-429", waitedMs: 0, durationMs: 0, billing: "none", assumedUsd: 0 },
      { status: 200, fault: null, waitedMs: 7000, durationMs: 0, billing: "known", assumedUsd: 0 },
    ]);
  });

  test("waits twice as long each time, up to a minute, and gives up after eight requests", async () => {
    const { model, server, clock } = await benchModel([down]);
    const failed = model.generate(modelRequest());

    await expect(failed).rejects.toMatchObject({
      scope: "trial",
      message: expect.stringMatching(/http-503: down; gave up after 8 requests/),
    });
    expect(server.received).toHaveLength(8);
    expect(clock.sleeps).toEqual([2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  test("gives up when its own time would exceed ten minutes", async () => {
    const { model, server, clock } = await benchModel(() => {
      clock.nowMs += 150_000;
      return down;
    });

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      scope: "trial",
      message: expect.stringContaining("gave up after 4 requests in 614 s"),
    });
    expect(server.received).toHaveLength(4);
    expect(clock.sleeps).toEqual([2000, 4000, 8000]);
  });

  test("waits for a quarter of an hour when the provider asks it to, again and again, and its own time stands still", async () => {
    const told: boolean[] = [];
    const quarter = limited({ "retry-after": "900" });
    const { model, clock } = await benchModel([quarter, quarter, quarter, hello]);
    const response = await model.generate(modelRequest({ onWait: (isWaiting) => told.push(isWaiting) }));

    expect(clock.sleeps).toEqual([900_000, 900_000, 900_000]);
    expect(response.attempts.map(({ waitedMs }) => waitedMs)).toEqual([0, 900_000, 900_000, 900_000]);
    expect(told).toEqual([true, false, true, false, true, false, true, false]);
  });

  test("sets the arm aside when the provider asks for more than that, and says how long it asks for", async () => {
    const { model, server, clock } = await benchModel([limited({ "retry-after": "3600" })]);
    const failed = model.generate(modelRequest());

    await expect(failed).rejects.toMatchObject({
      source: "provider",
      scope: "arm",
      message:
        'Cannot get an answer from "test-model": http-429: slow down; the provider asks to wait 60 minutes, and a run waits 15 minutes at most: resume it after 2026-01-01 01:00 UTC',
    });
    expect(server.received).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test("counts what several faults cost in waiting", async () => {
    const { model } = await benchModel([{ kind: "drop" }, down, limited({ "retry-after-ms": "1500" }), hello]);
    const response = await model.generate(modelRequest());

    expect(response.attempts).toMatchObject([
      { status: null, fault: "UND_ERR_SOCKET", waitedMs: 0 },
      { status: 503, fault: "http-503", waitedMs: 2000 },
      { status: 429, fault: "http-429", waitedMs: 4000 },
      { status: 200, fault: null, waitedMs: 1500 },
    ]);
  });

  test("reports when it waits and when it works", async () => {
    const told: string[] = [];
    const { model, clock } = await benchModel([down, limited({ "retry-after": "7" }), hello]);
    const beganMs = clock.nowMs;
    await model.generate(
      modelRequest({ onWait: (isWaiting) => told.push(`${(clock.nowMs - beganMs) / 1000} ${isWaiting ? "waits" : "works"}`) }),
    );

    expect(told).toEqual(["0 waits", "0 works", "0 waits", "2 works", "2 waits", "9 works"]);
  });

  test("stops waiting when it is aborted", async () => {
    const stop = new AbortController();
    const { model, server } = await benchModel(() => {
      setImmediate(() => stop.abort(new Error("the user left")));
      return down;
    });

    await expect(model.generate(modelRequest({ signal: stop.signal }))).rejects.toThrow("the user left");
    expect(server.received).toHaveLength(1);
  });

  test("does not begin when it was stopped before", async () => {
    const { model, server } = await benchModel([hello]);

    await expect(model.generate(modelRequest({ signal: AbortSignal.abort(new Error("too late")) }))).rejects.toThrow("too late");
    expect(server.received).toHaveLength(0);
  });
});

test("a limit holds up every call of the key, not only the one that met it", async () => {
  const { model, server, clock } = await benchModel([limited({ "retry-after": "30" }), hello], {
    limits: { concurrency: 1, rpm: null, tpm: null },
  });
  const [first, second] = await Promise.all([model.generate(modelRequest()), model.generate(modelRequest())]);

  expect(server.received).toHaveLength(3);
  expect(clock.sleeps).toEqual([30_000]);
  expect(first.attempts.map(({ waitedMs }) => waitedMs)).toEqual([0, 30_000]);
  expect(second.attempts.map(({ waitedMs }) => waitedMs)).toEqual([30_000]);
});

test.for([
  { title: "a limit", status: 429 },
  { title: "a host that is not available", status: 503 },
  { title: "an overload", status: 529 },
])("$title that says how long holds up every call of the key", async ({ status }) => {
  const busy: Reply = { kind: "json", status, headers: { "retry-after": "30" }, body: { error: { message: "busy" } } };
  const { model, clock } = await benchModel([busy, hello], { limits: { concurrency: 1, rpm: null, tpm: null } });
  const answers = await Promise.all([model.generate(modelRequest()), model.generate(modelRequest())]);

  expect(clock.sleeps).toEqual([30_000]);
  expect(answers.map(({ attempts }) => attempts.at(-1)?.waitedMs)).toEqual([30_000, 30_000]);
});

test.for<{ title: string; headers: Record<string, string>; sleeps: number[] }>([
  {
    title: "waits until the quota is whole that the last answer used up",
    headers: { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s" },
    sleeps: [20_000],
  },
  {
    title: "waits until Anthropic's date",
    headers: { "anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-01-01T00:00:40Z" },
    sleeps: [40_000],
  },
  { title: "does not wait when something is left", headers: { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "20" }, sleeps: [] },
  { title: "does not wait for a quota without an end", headers: { "x-ratelimit-remaining-requests": "0" }, sleeps: [] },
  {
    title: "does not wait for a reset in the past",
    headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225590" },
    sleeps: [],
  },
  { title: "does not wait for a quota of a day", headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "7200" }, sleeps: [] },
  {
    title: "does not wait where nothing is said to be left",
    headers: { "x-ratelimit-remaining": "", "x-ratelimit-reset": "20" },
    sleeps: [],
  },
  { title: "does not wait where there is no limit", headers: { "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "20" }, sleeps: [] },
])("the next call $title", async ({ headers, sleeps }) => {
  const { model, clock } = await benchModel([{ ...hello, headers } as Reply, hello]);
  await model.generate(modelRequest());
  await model.generate(modelRequest());

  expect(clock.sleeps).toEqual(sleeps);
});

test("a host that refuses a burst gets half as many requests at once", async () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  let open = 0;
  const after: number[] = [];
  const { model } = await benchModel(
    async (_received, index) => {
      open += 1;
      if (index >= 8) after.push(open);
      await wait(30);
      open -= 1;
      return index < 8 ? limited({ "retry-after": "1" }) : hello;
    },
    { limits: { concurrency: 8, rpm: null, tpm: null } },
  );
  await Promise.all(Array.from({ length: 8 }, () => model.generate(modelRequest())));

  expect(Math.max(...after.slice(0, 4))).toBe(4);
  expect(Math.max(...after)).toBeLessThanOrEqual(5);
});

test("calls at once never exceed the limit of the key", async () => {
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const { model, server } = await benchModel(
    async () => {
      await wait(20);
      return hello;
    },
    { limits: { concurrency: 3, rpm: null, tpm: null } },
  );
  await Promise.all(Array.from({ length: 12 }, () => model.generate(modelRequest())));

  expect(server.received).toHaveLength(12);
  expect(server.mostAtOnce()).toBe(3);
});
