import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Lane } from "../../src/model/lane.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";

const free = { concurrency: 1000, rpm: null, tpm: null };
const someone = { tokens: 0, isRetry: false, signal: new AbortController().signal };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Sends requests through a lane and tells when each started. */
async function startTimes(lane: Lane, clock: QuickClock, tokens: readonly number[]): Promise<number[]> {
  const beganMs = clock.nowMs;
  return Promise.all(
    tokens.map(async (count) => {
      const pass = await lane.enter({ ...someone, tokens: count });
      const atMs = clock.nowMs - beganMs;
      pass.leave(count);
      return atMs;
    }),
  );
}

describe("a lane", () => {
  test("lets as many in at once as it may, in the order they came", async () => {
    const lane = new Lane({ ...free, concurrency: 2 }, new QuickClock());
    const entered: number[] = [];
    const passes = [1, 2, 3, 4].map((name) =>
      lane.enter(someone).then((pass) => {
        entered.push(name);
        return pass;
      }),
    );
    await settle();
    expect(entered).toEqual([1, 2]);

    (await passes[1])?.leave(null);
    await settle();
    expect(entered).toEqual([1, 2, 3]);

    (await passes[0])?.leave(null);
    (await passes[0])?.leave(null);
    await settle();
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  test("lets a retry go first", async () => {
    const lane = new Lane({ ...free, concurrency: 1 }, new QuickClock());
    const entered: string[] = [];
    const first = await lane.enter(someone);
    const waiting = [
      lane.enter(someone).then((pass) => {
        entered.push("newcomer");
        pass.leave(null);
      }),
      lane.enter({ ...someone, isRetry: true }).then((pass) => {
        entered.push("retry");
        pass.leave(null);
      }),
    ];
    first.leave(null);
    await Promise.all(waiting);

    expect(entered).toEqual(["retry", "newcomer"]);
  });

  test("starts no more requests in a minute than it may", async () => {
    const clock = new QuickClock();

    expect(await startTimes(new Lane({ ...free, rpm: 2 }, clock), clock, [0, 0, 0, 0, 0])).toEqual([0, 0, 60_000, 60_000, 120_000]);
  });

  test("starts no more tokens in a minute than it may, and lets too large a request through alone", async () => {
    const clock = new QuickClock();

    expect(await startTimes(new Lane({ ...free, tpm: 100 }, clock), clock, [60, 40, 10, 500, 1])).toEqual([0, 0, 60_000, 120_000, 180_000]);
  });

  test("counts the tokens that a request really used", async () => {
    const clock = new QuickClock();
    const lane = new Lane({ ...free, tpm: 100 }, clock);
    const pass = await lane.enter({ ...someone, tokens: 10 });
    pass.leave(100);
    const beganMs = clock.nowMs;
    await lane.enter({ ...someone, tokens: 10 });

    expect(clock.nowMs - beganMs).toBe(60_000);
  });

  test("lets nobody in during a pause", async () => {
    const clock = new QuickClock();
    const lane = new Lane(free, clock);
    lane.pause(5000);
    lane.pause(1000);

    expect(await startTimes(lane, clock, [0, 0])).toEqual([5000, 5000]);
  });

  test("takes the stricter limits of two models on one key", async () => {
    const clock = new QuickClock();
    const lane = new Lane({ concurrency: 5, rpm: null, tpm: null }, clock);
    lane.tighten({ concurrency: 9, rpm: 1, tpm: null });
    lane.tighten({ concurrency: 9, rpm: 60, tpm: null });

    expect(await startTimes(lane, clock, [0, 0])).toEqual([0, 60_000]);
  });

  test("lets go of those who give up, without losing a place", async () => {
    const lane = new Lane({ ...free, concurrency: 1 }, new QuickClock());
    const stop = new AbortController();
    const first = await lane.enter(someone);
    const second = lane.enter({ ...someone, signal: stop.signal });
    const third = lane.enter(someone);
    stop.abort(new Error("gone"));

    await expect(second).rejects.toThrow("gone");
    first.leave(null);
    await expect(third).resolves.toBeDefined();
    await expect(lane.enter({ ...someone, signal: stop.signal })).rejects.toThrow("gone");
  });

  test("never exceeds its limits, whatever comes", async () => {
    const requests = fc.array(fc.record({ tokens: fc.nat(120), holdMs: fc.nat(90_000) }), { minLength: 1, maxLength: 12 });
    const limits = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      rpm: fc.integer({ min: 1, max: 5 }),
      tpm: fc.integer({ min: 50, max: 200 }),
    });
    await fc.assert(
      fc.asyncProperty(requests, limits, async (wanted, bounds) => {
        const clock = new QuickClock();
        const lane = new Lane(bounds, clock);
        const starts: { atMs: number; tokens: number }[] = [];
        let active = 0;
        await Promise.all(
          wanted.map(async ({ tokens, holdMs }) => {
            const pass = await lane.enter({ ...someone, tokens });
            active += 1;
            starts.push({ atMs: clock.nowMs, tokens });
            expect(active).toBeLessThanOrEqual(bounds.concurrency);
            await clock.sleep(holdMs, someone.signal);
            active -= 1;
            pass.leave(tokens);
          }),
        );
        expect(starts).toHaveLength(wanted.length);
        for (const { atMs } of starts) {
          const minute = starts.filter((other) => other.atMs > atMs - 60_000 && other.atMs <= atMs);
          expect(minute.length).toBeLessThanOrEqual(bounds.rpm);
          if (minute.length > 1) expect(minute.reduce((sum, { tokens }) => sum + tokens, 0)).toBeLessThanOrEqual(bounds.tpm);
        }
      }),
      { numRuns: 60 },
    );
  });
});
