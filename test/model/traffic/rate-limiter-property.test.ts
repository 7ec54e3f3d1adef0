import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RateLimits } from "../../../src/core/model.ts";
import type { Health } from "../../../src/model/traffic/health.ts";
import { HostUnavailable, RateLimiter } from "../../../src/model/traffic/rate-limiter.ts";
import { ended, settled, someone } from "./limiter-traffic.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** One request: when it comes, how large it seems and is, how long it takes, how it ends, and when its caller gives up. */
type Traffic = {
  readonly comesMs: number;
  readonly tokens: number;
  readonly really: number;
  readonly delayMs: number;
  readonly holdMs: number;
  readonly health: Health;
  readonly isRetry: boolean;
  readonly pauseMs: number;
  readonly givesUpMs: number | null;
};

const HEALTHS: readonly Health[] = ["answered", "answered", "limited", "overloaded", "rejected", "dead", "unclear", "unknown"];
const traffic: fc.Arbitrary<Traffic> = fc.record({
  comesMs: fc.nat(120_000),
  tokens: fc.nat(120),
  really: fc.nat(120),
  delayMs: fc.constantFrom(0, 0, 500),
  holdMs: fc.nat(90_000),
  health: fc.constantFrom(...HEALTHS),
  isRetry: fc.boolean(),
  pauseMs: fc.constantFrom(0, 0, 0, 20_000),
  givesUpMs: fc.option(fc.nat(60_000), { freq: 4 }),
});
const limits: fc.Arbitrary<RateLimits> = fc.record({
  concurrency: fc.integer({ min: 1, max: 5 }),
  rpm: fc.option(fc.integer({ min: 1, max: 6 })),
  tpm: fc.option(fc.integer({ min: 50, max: 200 })),
});

type Sent = { readonly atMs: number; tokens: number };

/** Plays the traffic through a lane and checks at each start that nothing is exceeded. */
class Observed {
  readonly clock = new VirtualClock();
  readonly limiter: RateLimiter;
  readonly sent: Sent[] = [];
  readonly #limits: RateLimits;
  #active = 0;

  constructor(bounds: RateLimits) {
    this.#limits = bounds;
    this.limiter = new RateLimiter(bounds, this.clock);
  }

  async play(wanted: Traffic): Promise<void> {
    const { clock, limiter } = this;
    await clock.sleep(wanted.comesMs, someone.signal);
    const stop = new AbortController();
    if (wanted.givesUpMs !== null) void clock.sleep(wanted.givesUpMs, someone.signal).then(() => stop.abort(new Error("gave up")));
    const permit = await limiter.acquire({ ...wanted, model: "m", signal: stop.signal }).catch((error: unknown) => {
      expect(error instanceof HostUnavailable || error === stop.signal.reason).toBe(true);
      return null;
    });
    if (permit === null) return;

    this.#active += 1;
    expect(this.#active).toBeLessThanOrEqual(Math.min(limiter.allowed, this.#limits.concurrency));
    await clock.sleep(wanted.delayMs, someone.signal);
    const isSent = wanted.health !== "unknown";
    const sent = { atMs: clock.nowMs, tokens: wanted.tokens };
    if (isSent) {
      permit.begin();
      this.sent.push(sent);
    }
    await clock.sleep(wanted.holdMs, someone.signal);
    this.#active -= 1;
    sent.tokens = wanted.really;
    permit.release(ended(wanted.health, { tokens: wanted.really, pauseMs: wanted.pauseMs }));
    permit.release(ended("answered"));
  }
}

describe("whatever comes, a lane", () => {
  test("never lets more in than are allowed, and gets every place back", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(traffic, { minLength: 1, maxLength: 25 }), limits, async (all, bounds) => {
        const observed = new Observed(bounds);
        await Promise.all(all.map((wanted) => observed.play(wanted)));
        const { limiter, clock } = observed;

        // An answer opens what may be shut; then as many as are allowed must find a place.
        await clock.sleep(20 * 60_000, someone.signal);
        const probe = await limiter.acquire(someone);
        probe.release(ended("answered"));
        const count = Math.min(limiter.allowed, bounds.rpm ?? limiter.allowed);
        let inside = 0;
        for (let number = 0; number < count; number += 1) {
          void limiter.acquire(someone).then(() => {
            inside += 1;
          });
        }
        await settled();
        expect(inside).toBe(count);
      }),
      { numRuns: 150 },
    );
  });

  test("sends no more requests and tokens in a minute than it may", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(traffic, { minLength: 1, maxLength: 25 }), limits, async (all, bounds) => {
        const observed = new Observed(bounds);
        const exact = all.map((wanted) => ({ ...wanted, really: wanted.tokens }));
        await Promise.all(exact.map((wanted) => observed.play(wanted)));
        for (const { atMs } of observed.sent) {
          const minute = observed.sent.filter((other) => other.atMs > atMs - 60_000 && other.atMs <= atMs);
          if (bounds.rpm !== null) expect(minute.length).toBeLessThanOrEqual(bounds.rpm);
          const tokens = minute.reduce((sum, sent) => sum + sent.tokens, 0);
          if (bounds.tpm !== null && minute.length > 1) expect(tokens).toBeLessThanOrEqual(bounds.tpm);
        }
      }),
      { numRuns: 150 },
    );
  });
});

test("a lane serves a long queue in a time that grows no faster than the queue", async () => {
  await msToServe(2_000);
  const [short, long] = [await msToServe(2_000), await msToServe(20_000)];

  // Ten times as many would take a hundred times as long if every step looked at all of them.
  expect(long / short).toBeLessThan(40);
});

async function msToServe(count: number): Promise<number> {
  const limiter = new RateLimiter({ concurrency: 4, rpm: null, tpm: null }, new VirtualClock());
  const began = performance.now();
  await Promise.all(
    Array.from({ length: count }, async () => {
      const permit = await limiter.acquire({ ...someone, signal: new AbortController().signal });
      permit.begin();
      permit.release(ended("answered"));
    }),
  );
  return performance.now() - began;
}
