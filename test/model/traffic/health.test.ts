import { expect, test } from "vitest";
import { BadAnswer } from "../../../src/model/protocol.ts";
import { classify } from "../../../src/model/traffic/fault.ts";
import { type Health, healthOf } from "../../../src/model/traffic/health.ts";

type Case = {
  readonly title: string;
  readonly status: number | null;
  readonly headers?: Record<string, string>;
  readonly code?: string;
  readonly error?: Error;
  readonly health: Health;
};

const refused = new TypeError("fetch failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
const reset = new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });

test.for<Case>([
  { title: "a limit", status: 429, health: "limited" },
  { title: "a spent quota", status: 429, code: "insufficient_quota", health: "rejected" },
  { title: "an overload", status: 529, health: "overloaded" },
  { title: "a host that is not available", status: 503, health: "overloaded" },
  { title: "an overload that says how long", status: 503, headers: { "retry-after": "9" }, health: "limited" },
  { title: "a server error", status: 500, health: "dead" },
  { title: "a gateway without a server", status: 502, health: "dead" },
  { title: "a bad request", status: 400, health: "rejected" },
  { title: "a bad key", status: 401, health: "rejected" },
  { title: "a refused connection", status: null, error: refused, health: "dead" },
  { title: "a reset before any answer", status: null, error: reset, health: "dead" },
  { title: "a reset in the middle of an answer", status: 200, error: reset, health: "unclear" },
  { title: "a garbled answer", status: 200, error: new SyntaxError("no JSON"), health: "unclear" },
  { title: "a limit in disguise", status: 200, error: new BadAnswer("e", "e", { code: 429 }), health: "limited" },
  { title: "an upstream's error in disguise", status: 200, error: new BadAnswer("e", "e", { code: 502 }), health: "unclear" },
  { title: "a refusal in disguise", status: 200, error: new BadAnswer("e", "e", { code: "invalid_prompt" }), health: "rejected" },
])("$title shows a host that is $health", ({ status, headers, code, error, health }) => {
  const exchange = { status, headers: new Headers(headers), isStream: false, responseBody: JSON.stringify({ error: { code } }) };
  const fault = classify(error ?? new Error("whatever the SDK throws"), exchange, new Date("2026-01-01T00:00:00Z"));

  expect(fault && healthOf(fault, status)).toBe(health);
});
