import { describe, expect, onTestFinished, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { openModels } from "../../../src/model/open-model.ts";
import { benchModel, modelRequest, PLANTED_KEY } from "../../fixtures/model-bench.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import { type Reply, startModelServer } from "../../fixtures/model-server.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { QuickClock } from "../../fixtures/quick-clock.ts";
import { timedBench } from "../timed-bench.ts";

const hello: Reply = { kind: "json", body: chatBody() };
const drop: Reply = { kind: "drop" };
const noServer: Reply = { kind: "text", status: 502, text: "Bad gateway", contentType: "text/html" };
const broken: Reply = { kind: "json", status: 500, body: { error: { message: "template error" } } };
const limits = { concurrency: 16, rpm: null, tpm: null };

describe.for([
  { title: "cuts every connection", reply: drop },
  { title: "is gone behind its gateway", reply: noServer },
])("a host that $title", ({ reply }) => {
  test("costs no call anything when it comes back after minutes", async () => {
    const { call, server, clock } = await timedBench(() => (clock.nowMs < backMs ? reply : hello), { limits });
    const backMs = clock.nowMs + 7 * 60_000;
    const answers = await Promise.all(Array.from({ length: 24 }, () => call()));

    expect(answers.every(({ kind }) => kind === "response")).toBe(true);
    expect(clock.nowMs - backMs).toBeLessThan(60_000);
    // The answers, the failures before it was left alone, and the probes.
    expect(server.received.length).toBeLessThan(24 + 2 * 16 + 5 + 12);
  });

  test("costs a call that is alone nothing either", async () => {
    const { call, clock } = await timedBench(() => (clock.nowMs < backMs ? reply : hello));
    const backMs = clock.nowMs + 9 * 60_000;

    expect(await call()).toMatchObject({ kind: "response" });
  });

  test("fails the arm after ten minutes, with its address and how long it has been down", async () => {
    const { call, server } = await timedBench([reply], { limits });
    const calls = Array.from({ length: 16 }, () => call().catch((thrown: unknown) => thrown));
    const says = `Cannot get an answer from "test-model": ${server.url}/v1 has been down for 10 minutes (${reply.kind === "drop" ? "UND_ERR_SOCKET" : "http-502"})`;

    for (const thrown of await Promise.all(calls)) {
      expect(thrown).toBeInstanceOf(InfraError);
      expect(thrown).toMatchObject({
        source: "provider",
        scope: "arm",
        message: `${says}; check that it is up and can be reached, then resume the run`,
      });
    }
  });
});

test("a request that the server itself cannot answer fails its trial after eight tries, not the arm", async () => {
  const { model, server } = await benchModel([broken]);

  await expect(model.generate(modelRequest())).rejects.toMatchObject({ scope: "trial" });
  expect(server.received).toHaveLength(8);
});

test("a request that finds a host down waits for the next probe, not for a separate pause", async () => {
  const { model, clock } = await benchModel([drop, drop, drop, drop, drop, hello]);
  await model.generate(modelRequest());

  expect(clock.sleeps).toEqual([2000, 4000, 8000, 16_000, 5000]);
});

test("a host that fails in the middle of a run and then refuses connections is waited for", async () => {
  const first = await startModelServer([hello]);
  const port = Number(new URL(first.url).port);
  let refusals = 0;
  const clock = new (class extends QuickClock {
    override async sleep(ms: number, signal: AbortSignal): Promise<void> {
      refusals += 1;
      if (refusals === 9) {
        const second = await startModelServer([hello], port);
        onTestFinished(() => second.close());
      }
      return super.sleep(ms, signal);
    }
  })();
  const open = openModels({ key: () => PLANTED_KEY, now: () => clock.now(), clock, random: () => 1 });
  const model = open(modelSpec({ baseUrl: `${first.url}/v1` }))({ task: undefined as never, attempt: 1 });
  await model.generate(modelRequest());
  await first.close();
  const response = await model.generate(modelRequest());

  expect(response).toMatchObject({ kind: "response" });
  // Some systems report the first connection as cut, for it was kept open.
  expect(response.attempts.filter(({ fault }) => fault === "ECONNREFUSED").length).toBeGreaterThanOrEqual(8);
});
