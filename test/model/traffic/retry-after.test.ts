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
  expect(serverWaitMs({ headers: new Headers(headers), error: {}, text: "", now })).toBe(waitMs);
});

test("Google's delay in the error counts where no header says anything", () => {
  const error = { details: [{ "@type": "QuotaFailure" }, { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }] };

  expect(serverWaitMs({ headers: new Headers(), error, text: "", now })).toBe(34_500);
  expect(serverWaitMs({ headers: null, error, text: "", now })).toBe(34_500);
});

test.for<{ title: string; headers?: Record<string, string>; error?: object; text?: string; waitMs: number | null }>([
  { title: "LiteLLM passes on", headers: { "llm_provider-retry-after": "30" }, waitMs: 30_000 },
  {
    title: "LiteLLM passes on as the limits of its host",
    headers: { "llm_provider-x-ratelimit-remaining-tokens": "0", "llm_provider-x-ratelimit-reset-tokens": "6m0s" },
    waitMs: 360_000,
  },
  {
    title: "Cerebras names for its day",
    headers: { "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.38" },
    waitMs: 33_011_380,
  },
  { title: "the standard's draft names", headers: { "ratelimit-remaining": "0", "ratelimit-reset": "57" }, waitMs: 57_000 },
  {
    title: "OpenRouter puts into the error",
    error: { metadata: { headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767258000000" } } },
    waitMs: 32_400_000,
  },
  { title: "OpenRouter puts there as Retry-After", error: { metadata: { headers: { "Retry-After": "12" } } }, waitMs: 12_000 },
  { title: "a field in seconds gives", error: { resets_in_seconds: 529_498 }, waitMs: 529_498_000 },
  { title: "a field with a time gives", error: { resets_at: 1_767_225_700 }, waitMs: 100_000 },
  { title: "a field with a date gives", error: { reset_time: "2026-01-01T01:00:00Z" }, waitMs: 3_600_000 },
  { title: "Hugging Face estimates", error: { estimated_time: 20.5 }, waitMs: 20_500 },
  { title: "OpenAI writes", text: "please try again in 7.2s. visit", waitMs: 7200 },
  { title: "OpenAI writes in milliseconds", text: "please try again in 20ms.", waitMs: 20 },
  { title: "Groq writes", text: "please try again in 9m38.016s. need more tokens?", waitMs: 578_016 },
  { title: "Google writes", text: "please retry in 20.04466179s.", waitMs: 20_044.66179 },
  { title: "Azure writes", text: "please retry after 20 seconds.", waitMs: 20_000 },
  { title: "Moonshot writes", text: "please try again after 1 seconds", waitMs: 1000 },
  { title: "a plan's limit writes", text: "your quota will reset after 46h17m32s.", waitMs: 166_652_000 },
  { title: "z.ai writes", text: "your limit will reset at 2026-01-01 05:00:00", waitMs: 18_000_000 },
  { title: "nobody names", text: "please try again later in a minute or so, wait for it", waitMs: null },
  { title: "a header and a text name", headers: { "retry-after": "5" }, text: "try again in 7.2s", waitMs: 5000 },
])("what $title is a wait of $waitMs ms", ({ headers = {}, error = {}, text = "", waitMs }) => {
  const read = serverWaitMs({ headers: new Headers(headers), error: error as Record<string, unknown>, text, now });
  expect(read === null ? null : Math.round(read)).toBe(waitMs === null ? null : Math.round(waitMs));
});
