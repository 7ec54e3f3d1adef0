import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AdaptiveLimit } from "../../../src/model/traffic/adaptive-limit.ts";
import type { Health } from "../../../src/model/traffic/health.ts";

const answer = (limit: AdaptiveLimit, times: number): void => {
  for (let count = 0; count < times; count += 1) limit.note("answered", limit.epoch);
};

describe("how many requests may be in flight", () => {
  test("is the ceiling at first, and half of what it was each time the host says that it is too much, but never none", () => {
    const limit = new AdaptiveLimit(13);
    const seen = [13];
    for (let count = 0; count < 5; count += 1) {
      limit.note("limited", limit.epoch);
      seen.push(limit.allowed);
    }

    expect(seen).toEqual([13, 6, 3, 1, 1, 1]);
  });

  test("falls once for a burst of refusals to requests that were sent before it fell", () => {
    const limit = new AdaptiveLimit(16);
    const { epoch } = limit;
    for (let count = 0; count < 16; count += 1) limit.note("overloaded", epoch);
    expect(limit.allowed).toBe(8);

    limit.note("overloaded", limit.epoch);
    expect(limit.allowed).toBe(4);
  });

  test("grows by one after as many answers in a row as are allowed, up to the ceiling", () => {
    const limit = new AdaptiveLimit(4);
    limit.note("limited", limit.epoch);
    answer(limit, 1);
    expect(limit.allowed).toBe(2);

    answer(limit, 1);
    expect(limit.allowed).toBe(3);

    answer(limit, 3);
    expect(limit.allowed).toBe(4);

    answer(limit, 100);
    expect(limit.allowed).toBe(4);
  });

  test.for<{ health: Health; allowed: number }>([
    { health: "dead", allowed: 2 },
    { health: "unclear", allowed: 2 },
    { health: "rejected", allowed: 3 },
    { health: "unknown", allowed: 3 },
  ])("grows to $allowed when a request that is $health comes between the answers", ({ health, allowed }) => {
    const limit = new AdaptiveLimit(4);
    limit.note("limited", limit.epoch);
    answer(limit, 1);
    limit.note(health, limit.epoch);
    answer(limit, 1);

    expect(limit.allowed).toBe(allowed);
  });

  test("applies a lower ceiling immediately and a higher one never", () => {
    const limit = new AdaptiveLimit(8);
    limit.tighten(3);
    expect(limit.allowed).toBe(3);

    limit.tighten(9);
    answer(limit, 20);
    expect(limit.allowed).toBe(3);
  });

  test("is at least one and at most the ceiling, whatever comes", () => {
    const healths = fc.array(
      fc.constantFrom<Health>("answered", "answered", "answered", "limited", "overloaded", "rejected", "dead", "unclear", "unknown"),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(healths, fc.integer({ min: 1, max: 32 }), fc.nat(3), (ends, ceiling, age) => {
        const limit = new AdaptiveLimit(ceiling);
        for (const health of ends) {
          const before = limit.allowed;
          limit.note(health, Math.max(0, limit.epoch - age));
          expect(limit.allowed).toBeGreaterThanOrEqual(1);
          expect(limit.allowed).toBeLessThanOrEqual(Math.min(ceiling, before + 1));
        }
      }),
    );
  });
});
