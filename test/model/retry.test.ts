import { describe, expect, test } from "vitest";
import { benchModel, modelRequest } from "../fixtures/model-bench.ts";
import { chatBody } from "../fixtures/model-body.ts";
import type { Reply } from "../fixtures/model-server.ts";

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
      { status: 429, fault: "http-429", waitedMs: 0, durationMs: 0 },
      { status: 200, fault: null, waitedMs: 7000, durationMs: 0 },
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

  test("gives up when ten minutes would be over", async () => {
    const { model, server, clock } = await benchModel([limited({ "retry-after": "110" })]);

    await expect(model.generate(modelRequest())).rejects.toMatchObject({
      scope: "trial",
      message: expect.stringContaining("gave up after 6 requests"),
    });
    expect(server.received).toHaveLength(6);
    expect(clock.sleeps).toEqual([110_000, 110_000, 110_000, 110_000, 110_000]);
  });

  test("does not wait for more than two minutes, and says so", async () => {
    const { model, server, clock } = await benchModel([limited({ "retry-after": "3600" })]);
    const failed = model.generate(modelRequest());

    await expect(failed).rejects.toMatchObject({
      scope: "trial",
      message: expect.stringContaining("asks to wait 3600 s, more than 120 s"),
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

  test("tells when it waits and when it works", async () => {
    const told: string[] = [];
    const { model, clock } = await benchModel([down, limited({ "retry-after": "7" }), hello]);
    const beganMs = clock.nowMs;
    await model.generate(
      modelRequest({ onWait: (isWaiting) => told.push(`${(clock.nowMs - beganMs) / 1000} ${isWaiting ? "waits" : "works"}`) }),
    );

    expect(told).toEqual(["0 waits", "0 works", "0 waits", "2 works", "2 waits", "9 works"]);
  });

  test("stops waiting when it is told to", async () => {
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
