import { expect, test } from "vitest";
import { QuotaHint } from "../../../src/model/traffic/retry-after.ts";

test("an answer that used up the quota asks for a wait, others do not", () => {
  const hint = new QuotaHint();

  expect(hint.pauseMs({ waitMs: null, startedMs: 0, nowMs: 0 })).toBe(0);
  expect(hint.pauseMs({ waitMs: 20_000, startedMs: 0, nowMs: 100 })).toBe(20_000);
  expect(hint.pauseMs({ waitMs: 30_000, startedMs: 50, nowMs: 200 })).toBe(30_000);
});

test("a host whose quota is still empty whenever it should be whole is not believed after three times", () => {
  const hint = new QuotaHint();
  const waits = [0, 60_000, 120_000, 180_000, 240_000].map((nowMs) => hint.pauseMs({ waitMs: 60_000, startedMs: nowMs, nowMs }));

  expect(waits).toEqual([60_000, 60_000, 60_000, 0, 0]);
});

test("a host that has something left in between is believed for ever", () => {
  const hint = new QuotaHint();
  for (let nowMs = 0; nowMs < 600_000; nowMs += 60_000) {
    hint.pauseMs({ waitMs: null, startedMs: nowMs, nowMs });
    expect(hint.pauseMs({ waitMs: 60_000, startedMs: nowMs, nowMs })).toBe(60_000);
  }
});
