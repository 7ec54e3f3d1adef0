import { describe, expect, test } from "vitest";
import { HostUnavailable, RateLimiter } from "../../../src/model/traffic/rate-limiter.ts";
import { bringDown, ended, FREE, send, settled, someone } from "./limiter-traffic.ts";
import { VirtualClock } from "./virtual-clock.ts";

describe("a lane to a host that says it is too much", () => {
  test("lets fewer requests in at a time, and more again with each answer", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ ...FREE, concurrency: 8 }, clock);
    await Promise.all(Array.from({ length: 8 }, () => send(limiter, clock, 10, ended("overloaded"))));
    expect(limiter.allowed).toBe(4);

    const beganMs = clock.nowMs;
    const starts = await Promise.all(Array.from({ length: 13 }, () => send(limiter, clock, 10, ended("answered"))));
    expect(starts.map((atMs) => atMs - beganMs)).toEqual([0, 0, 0, 0, 10, 10, 10, 10, 10, 20, 20, 20, 20]);
    expect(limiter.allowed).toBe(6);
  });

  test("waits until a quota is whole that an answer used up, and not once more for an answer of before", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    const beganMs = clock.nowMs;
    const early = send(limiter, clock, 100, ended("answered", { quotaWaitMs: 29_900 }));
    await send(limiter, clock, 0, ended("answered", { quotaWaitMs: 30_000 }));
    await early;

    expect((await send(limiter, clock, 0, ended("answered"))) - beganMs).toBe(30_000);
    expect((await send(limiter, clock, 0, ended("answered"))) - beganMs).toBe(30_000);
  });
});

describe("a lane to a host that is down", () => {
  test("lets in only one probe at a time", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    await bringDown(limiter, clock);
    expect(limiter.isShut).toBe(true);

    const beganMs = clock.nowMs;
    const starts = await Promise.all(
      ["dead", "overloaded", "unclear"].map((health) => send(limiter, clock, 100, ended(health as "dead")).then((atMs) => atMs - beganMs)),
    );
    expect(starts).toEqual([5000, 5000 + 100 + 10_000, 5000 + 100 + 10_000 + 100 + 20_000]);
  });

  test("lets all requests in immediately when the probe is answered", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    await bringDown(limiter, clock);
    const beganMs = clock.nowMs;
    const starts = await Promise.all(Array.from({ length: 6 }, () => send(limiter, clock, 100, ended("answered"))));

    expect(starts.map((atMs) => atMs - beganMs)).toEqual([5000, 5100, 5100, 5100, 5100, 5100]);
    expect(limiter.isShut).toBe(false);
  });

  test("lets all requests in when an earlier request is answered", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    const slow = send(limiter, clock, 2000, ended("answered"));
    await settled();
    for (let count = 0; count < 6; count += 1) (await limiter.acquire(someone)).release(ended("dead"));
    expect(limiter.isShut).toBe(true);

    const sentMs = await slow;
    expect((await send(limiter, clock, 0, ended("answered"))) - sentMs).toBeLessThanOrEqual(2000);
  });

  test("sends the next probe immediately when one is cancelled", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    await bringDown(limiter, clock);
    const beganMs = clock.nowMs;
    (await limiter.acquire(someone)).release(ended("unknown"));
    const next = await limiter.acquire(someone);

    expect(next.isProbe).toBe(true);
    expect(clock.nowMs - beganMs).toBe(5000);
  });

  test("probes with the models in turn, so that one which is down behind a gateway does not speak for all", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    await bringDown(limiter, clock);
    const probed: string[] = [];
    const probes = ["sick", "sick", "sick", "well"].map(async (model, index) => {
      const permit = await limiter.acquire({ ...someone, model, isRetry: index === 0 });
      probed.push(model);
      permit.release(ended(model === "well" ? "answered" : "dead"));
    });
    await Promise.all(probes);

    expect(probed.slice(0, 2)).toEqual(["sick", "well"]);
  });

  test("rejects waiting requests after ten minutes and later ones immediately, and continues probing", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(FREE, clock);
    await bringDown(limiter, clock);
    const beganMs = clock.nowMs;
    const probing = async (): Promise<never> => {
      for (;;) (await limiter.acquire({ ...someone, isRetry: true })).release(ended("dead"));
    };
    const thrown = await Promise.all([probing(), probing(), probing()].map((loop) => loop.catch((error: unknown) => error)));

    expect(thrown).toEqual(Array.from({ length: 3 }, () => expect.any(HostUnavailable)));
    expect(thrown[0]).toMatchObject({ downMs: 600_000, fault: "http-502" });
    expect(clock.nowMs - beganMs).toBe(600_000);

    await expect(limiter.acquire(someone)).rejects.toBeInstanceOf(HostUnavailable);
    await clock.sleep(60_000, someone.signal);
    const probe = await limiter.acquire(someone);
    expect(probe.isProbe).toBe(true);
    await expect(limiter.acquire(someone)).rejects.toBeInstanceOf(HostUnavailable);

    probe.release(ended("answered"));
    expect((await limiter.acquire(someone)).isProbe).toBe(false);
  });

  test("lets go of those who give up, a probe that waits for its turn too", async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter({ ...FREE, concurrency: 1 }, clock);
    await bringDown(limiter, clock);
    const stop = new AbortController();
    const gone = limiter.acquire({ ...someone, signal: stop.signal });
    const next = limiter.acquire(someone);
    stop.abort(new Error("gone"));

    await expect(gone).rejects.toThrow("gone");
    expect((await next).isProbe).toBe(true);
  });
});
