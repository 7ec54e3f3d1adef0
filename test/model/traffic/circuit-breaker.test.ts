import { describe, expect, test } from "vitest";
import { seededDraw } from "../../../src/model/scripted/mutation.ts";
import { Breaker, type Shutdown } from "../../../src/model/traffic/circuit-breaker.ts";
import type { Health } from "../../../src/model/traffic/health.ts";

/** Ends a request. */
function end(breaker: Breaker, health: Health, at: { probe?: Shutdown | null; others?: number; nowMs?: number } = {}): void {
  breaker.note({ health, fault: health === "dead" ? "ECONNREFUSED" : null, probe: null, others: 0, nowMs: 0, ...at });
}

function shutBreaker(): Breaker {
  const breaker = new Breaker();
  for (let count = 0; count < 5; count += 1) end(breaker, "dead");
  return breaker;
}

/** Sends a probe as soon as one may go, ends it so, and gives the time at which it went. */
function probe(breaker: Breaker, fromMs: number, health: Health): number {
  const nowMs = fromMs + breaker.gate(fromMs).waitMs;
  end(breaker, health, { probe: breaker.startProbe("m"), nowMs });
  return nowMs;
}

describe("a host that is down", () => {
  test("is left alone after five failures in a row, and not before", () => {
    const breaker = new Breaker();
    for (let count = 0; count < 4; count += 1) end(breaker, "dead");
    expect(breaker.shut).toBeNull();

    end(breaker, "dead");
    expect(breaker.gate(0)).toMatchObject({ waitMs: 5000, isProbe: true });
  });

  test("is not thought down for as many failures as are under way by chance", () => {
    const breaker = new Breaker();
    for (let count = 0; count < 5 + 7; count += 1) {
      expect(breaker.shut).toBeNull();
      end(breaker, "dead", { others: 7 });
    }
    expect(breaker.shut).not.toBeNull();
  });

  test.for<Health>(["answered", "limited", "rejected"])("counts as alive when a request is %s, and is released immediately", (health) => {
    const breaker = shutBreaker();
    end(breaker, health);
    expect(breaker.gate(0)).toMatchObject({ waitMs: 0, isProbe: false });

    for (let count = 0; count < 4; count += 1) end(breaker, "dead");
    expect(breaker.shut).toBeNull();
  });

  test.for<Health>(["dead", "overloaded", "unclear"])("rests for longer each time, up to a minute, when the probe is %s", (health) => {
    const breaker = shutBreaker();
    const probes: number[] = [];
    for (let count = 0; count < 6; count += 1) probes.push(probe(breaker, probes.at(-1) ?? 0, health));

    expect(probes).toEqual([5000, 15_000, 35_000, 75_000, 135_000, 195_000]);
  });

  test("gets one probe at a time, and the next immediately after one was cancelled", () => {
    const breaker = shutBreaker();
    const first = breaker.startProbe("m");
    expect(breaker.gate(60_000).waitMs).toBe(Number.POSITIVE_INFINITY);

    end(breaker, "unknown", { probe: first });
    expect(breaker.gate(60_000).waitMs).toBe(0);
  });

  test("does not rest for longer because of requests that were sent before", () => {
    const breaker = shutBreaker();
    for (let count = 0; count < 20; count += 1) end(breaker, "dead", { nowMs: 1000 });

    expect(breaker.gate(1000).waitMs).toBe(4000);
  });

  test("is not judged by the late probe of an earlier time", () => {
    const breaker = shutBreaker();
    const late = breaker.startProbe("m");
    end(breaker, "answered");
    for (let count = 0; count < 5; count += 1) end(breaker, "dead", { nowMs: 1000 });
    end(breaker, "dead", { probe: late, nowMs: 2000 });

    expect(breaker.gate(2000).waitMs).toBe(4000);
  });

  test("is worth waiting for until ten minutes have passed", () => {
    const breaker = shutBreaker();

    expect(breaker.gate(599_999).leftMs).toBe(1);
    expect(breaker.gate(600_000).leftMs).toBe(0);
    expect(breaker.lastFault).toBe("ECONNREFUSED");
  });
});

test("a host that fails one request in five by chance is never thought down", () => {
  for (let seed = 0; seed < 5; seed += 1) {
    const breaker = new Breaker();
    for (let count = 0; count < 1000; count += 1) {
      const draw = seededDraw(`${seed}/${count}`);
      end(breaker, draw < 0.2 ? "dead" : "answered", { others: 7 });
      expect(breaker.shut).toBeNull();
    }
  }
});

test("an overload and a garbled answer alone do not make a host seem down, nor alive", () => {
  const breaker = new Breaker();
  for (let count = 0; count < 50; count += 1) end(breaker, count % 2 === 0 ? "overloaded" : "unclear");
  expect(breaker.shut).toBeNull();

  for (const health of ["dead", "overloaded", "dead", "dead", "unclear", "dead", "dead"] as const) end(breaker, health);
  expect(breaker.shut).not.toBeNull();
});

test("a host has been alive when it answered anything at all but a server error", () => {
  const breaker = new Breaker();
  end(breaker, "dead");
  end(breaker, "unknown");
  expect(breaker.hasBeenAlive).toBe(false);

  end(breaker, "unclear");
  expect(breaker.hasBeenAlive).toBe(true);
});
