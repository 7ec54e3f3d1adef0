import { expect, test } from "vitest";
import { serverWaitMs } from "../../../src/model/traffic/retry-after.ts";

const now = new Date("2026-01-01T00:00:00Z");

test.for<{ headers: Record<string, string>; waitMs: number | null }>([
  { headers: { "retry-after-ms": "1500", "retry-after": "9" }, waitMs: 1500 },
  { headers: { "retry-after": "7" }, waitMs: 7000 },
  { headers: { "retry-after": "0.5" }, waitMs: 500 },
  { headers: { "retry-after": "Thu, 01 Jan 2026 00:01:30 GMT" }, waitMs: 90_000 },
  { headers: { "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }, waitMs: null },
  { headers: { "retry-after": "Wed, 31 Dec 2025 23:00:00 GMT" }, waitMs: null },
  { headers: { "retry-after": "0" }, waitMs: null },
  { headers: { "retry-after": "soon" }, waitMs: null },
  { headers: { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s" }, waitMs: 360_000 },
  { headers: { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "120ms" }, waitMs: 120 },
  { headers: { "x-ratelimit-remaining-tokens": "17", "x-ratelimit-reset-tokens": "6m0s" }, waitMs: null },
  { headers: { "x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "12" }, waitMs: 12_000 },
  { headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1767225630000" }, waitMs: 30_000 },
  {
    headers: { "anthropic-ratelimit-output-tokens-remaining": "0", "anthropic-ratelimit-output-tokens-reset": "2026-01-01T00:00:20Z" },
    waitMs: 20_000,
  },
  { headers: { "x-ratelimit-remaining": "", "x-ratelimit-reset": "12" }, waitMs: null },
  { headers: { "x-ratelimit-remaining": "-1", "x-ratelimit-reset": "12" }, waitMs: null },
  { headers: {}, waitMs: null },
])("headers $headers ask for a wait of $waitMs ms", ({ headers, waitMs }) => {
  expect(serverWaitMs({ headers: new Headers(headers), error: {}, now })).toBe(waitMs);
});

test("Google's delay in the error counts where no header says anything", () => {
  const error = { details: [{ "@type": "QuotaFailure" }, { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }] };

  expect(serverWaitMs({ headers: new Headers(), error, now })).toBe(34_500);
  expect(serverWaitMs({ headers: null, error, now })).toBe(34_500);
});
