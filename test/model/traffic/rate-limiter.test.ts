import { describe, expect, test } from "vitest";
import { RateLimiter } from "../../../src/model/traffic/rate-limiter.ts";
import { QuickClock } from "../../fixtures/quick-clock.ts";
import { ended, FREE as free, settled as settle, someone } from "./limiter-traffic.ts";

/** Sends requests through a lane and tells when each started. */
async function startTimes(limiter: RateLimiter, clock: QuickClock, tokens: readonly number[]): Promise<number[]> {
  const beganMs = clock.nowMs;
  return Promise.all(
    tokens.map(async (count) => {
      const permit = await limiter.acquire({ ...someone, tokens: count });
      const atMs = clock.nowMs - beganMs;
      permit.begin();
      permit.release(ended("answered", { tokens: count }));
      return atMs;
    }),
  );
}

describe("a lane", () => {
  test("lets in as many requests as the limit allows, first come, first served", async () => {
    const limiter = new RateLimiter({ ...free, concurrency: 2 }, new QuickClock());
    const entered: number[] = [];
    const passes = [1, 2, 3, 4].map((name) =>
      limiter.acquire(someone).then((permit) => {
        entered.push(name);
        return permit;
      }),
    );
    await settle();
    expect(entered).toEqual([1, 2]);

    (await passes[1])?.release(ended("answered"));
    await settle();
    expect(entered).toEqual([1, 2, 3]);

    (await passes[0])?.release(ended("answered"));
    (await passes[0])?.release(ended("answered"));
    await settle();
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  test("lets a retry go first", async () => {
    const limiter = new RateLimiter({ ...free, concurrency: 1 }, new QuickClock());
    const entered: string[] = [];
    const first = await limiter.acquire(someone);
    const waiting = [
      limiter.acquire(someone).then((permit) => {
        entered.push("newcomer");
        permit.release(ended("answered"));
      }),
      limiter.acquire({ ...someone, isRetry: true }).then((permit) => {
        entered.push("retry");
        permit.release(ended("answered"));
      }),
    ];
    first.release(ended("answered"));
    await Promise.all(waiting);

    expect(entered).toEqual(["retry", "newcomer"]);
  });

  test("starts no more requests in a minute than it may", async () => {
    const clock = new QuickClock();

    expect(await startTimes(new RateLimiter({ ...free, rpm: 2 }, clock), clock, [0, 0, 0, 0, 0])).toEqual([0, 0, 60_000, 60_000, 120_000]);
  });

  test("starts no more tokens in a minute than it may, and lets too large a request through alone", async () => {
    const clock = new QuickClock();

    expect(await startTimes(new RateLimiter({ ...free, tpm: 100 }, clock), clock, [60, 40, 10, 500, 1])).toEqual([
      0, 0, 60_000, 120_000, 180_000,
    ]);
  });

  test("counts the tokens that a request really used", async () => {
    const clock = new QuickClock();
    const limiter = new RateLimiter({ ...free, tpm: 100 }, clock);
    const permit = await limiter.acquire({ ...someone, tokens: 10 });
    permit.begin();
    permit.release(ended("answered", { tokens: 100 }));
    const beganMs = clock.nowMs;
    await limiter.acquire({ ...someone, tokens: 10 });

    expect(clock.nowMs - beganMs).toBe(60_000);
  });

  test("lets no request in during a pause", async () => {
    const clock = new QuickClock();
    const limiter = new RateLimiter(free, clock);
    const passes = [await limiter.acquire(someone), await limiter.acquire(someone)];
    for (const [index, permit] of passes.entries()) permit.release(ended("limited", { pauseMs: index === 0 ? 5000 : 1000 }));

    expect(await startTimes(limiter, clock, [0, 0])).toEqual([5000, 5000]);
  });

  test("takes the stricter limits of two models on one key", async () => {
    const clock = new QuickClock();
    const limiter = new RateLimiter({ concurrency: 5, rpm: null, tpm: null }, clock);
    limiter.tighten({ concurrency: 9, rpm: 1, tpm: null });
    limiter.tighten({ concurrency: 9, rpm: 60, tpm: null });

    expect(await startTimes(limiter, clock, [0, 0])).toEqual([0, 60_000]);
  });

  test("lets go of those who give up, without losing a place", async () => {
    const limiter = new RateLimiter({ ...free, concurrency: 1 }, new QuickClock());
    const stop = new AbortController();
    const first = await limiter.acquire(someone);
    const second = limiter.acquire({ ...someone, signal: stop.signal });
    const third = limiter.acquire(someone);
    stop.abort(new Error("gone"));

    await expect(second).rejects.toThrow("gone");
    first.release(ended("answered"));
    await expect(third).resolves.toBeDefined();
    await expect(limiter.acquire({ ...someone, signal: stop.signal })).rejects.toThrow("gone");
  });

  test("does not count requests that were never sent towards the limits per minute", async () => {
    const clock = new QuickClock();
    const limiter = new RateLimiter({ ...free, rpm: 1, tpm: 100 }, clock);
    for (let count = 0; count < 3; count += 1) {
      const permit = await limiter.acquire({ ...someone, tokens: 100 });
      permit.release(ended("unknown"));
    }

    expect(clock.sleeps).toEqual([]);
  });

  test("counts the minute from when a request is sent, however long that took", async () => {
    const clock = new QuickClock();
    const limiter = new RateLimiter({ ...free, rpm: 1 }, clock);
    const first = await limiter.acquire(someone);
    const second = limiter.acquire(someone);
    await clock.sleep(90_000, someone.signal);
    const sentMs = clock.nowMs;
    first.begin();
    await second;

    expect(clock.nowMs - sentMs).toBe(60_000);
  });
});
