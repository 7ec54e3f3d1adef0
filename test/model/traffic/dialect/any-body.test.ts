import fc from "fast-check";
import { expect, test } from "vitest";
import { BadAnswer } from "../../../../src/model/protocol.ts";
import { DIALECT } from "../../../../src/model/traffic/dialect/dialect.ts";
import { classify, type Fault } from "../../../../src/model/traffic/fault.ts";
import { healthOf } from "../../../../src/model/traffic/health.ts";
import { NOW } from "./wire.ts";

const words = DIALECT.flatMap(({ codes = [], words: phrases = [], anyOf = [] }) => [...codes, ...phrases, ...anyOf]);
const text = fc.oneof(
  fc.string({ maxLength: 200, unit: "binary" }),
  fc.constantFrom(...words),
  fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((some) => some.join(" ")),
);
const value = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: "small" },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("json"), { maxLength: 5 }),
    tie("record"),
  ),
  record: fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        "error",
        "message",
        "code",
        "type",
        "status",
        "detail",
        "details",
        "metadata",
        "headers",
        "base_resp",
        "status_code",
        "errors",
        "raw",
        "retryDelay",
        "resets_at",
        "param",
        "__proto__",
      ),
      fc.string({ maxLength: 9 }),
    ),
    tie("json"),
    { maxKeys: 8 },
  ),
}));
const example = fc.constantFrom(...DIALECT.map((entry) => entry.example[1]));
/** An example with a place of its text cut, doubled or replaced. */
const mutated = fc.tuple(example, fc.nat(), fc.nat(60), text).map(([body, at, length, added]) => {
  const written = typeof body === "string" ? body : JSON.stringify(body);
  const start = at % (written.length + 1);
  return written.slice(0, start) + added + written.slice(start + length);
});
const body = fc.oneof(
  value.json.map((one) => JSON.stringify(one) ?? ""),
  mutated,
  text,
);
const headers = fc.dictionary(
  fc.constantFrom(
    "retry-after",
    "retry-after-ms",
    "llm_provider-retry-after",
    "x-ratelimit-reset",
    "x-ratelimit-remaining",
    "date",
    "content-type",
  ),
  fc.oneof(
    fc.constantFrom("0", "-1", "1e999", "7", "6m0s", "soon", "Thu, 01 Jan 2026 00:01:30 GMT", "99999999999999999999"),
    fc.string({ maxLength: 30 }).map((one) => one.replace(/[^\x20-\x7e]/g, "")),
  ),
);

function expectSound(fault: Fault | null, httpStatus: number): void {
  expect(fault).not.toBeNull();
  if (fault === null) return;
  expect(["transient", "rejected", "bad-history", "final"]).toContain(fault.kind);
  expect(fault.about).not.toBeNull();
  expect(fault.message.length).toBeLessThan(1200);
  expect(fault.message).not.toMatch(/[\n\r\u2028]/);
  expect(fault.label.length).toBeLessThan(120);
  if (fault.kind === "transient" && fault.serverWaitMs !== null) expect(fault.serverWaitMs).toBeGreaterThan(0);
  expect(healthOf(fault, httpStatus)).toBeTypeOf("string");
}

test("no failed request whatever is unclassified, throws or takes long", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), body, headers, (status, responseBody, fields) => {
      const exchange = { status, headers: new Headers(fields), isStream: false, responseBody };
      expectSound(classify(new Error("x"), exchange, NOW), status);
    }),
    { numRuns: 3000 },
  );
});

test("no error whatever inside an answer is unclassified", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(value.json, headers, (error, fields) => {
      fc.pre(error !== null && error !== undefined);
      const exchange = { status: 200, headers: new Headers(fields), isStream: true, responseBody: "" };
      expectSound(classify(new BadAnswer("error-event", "x", error), exchange, NOW), 200);
    }),
    { numRuns: 2000 },
  );
});

test.for([
  ["brackets", "[".repeat(500_000)],
  ["opening tags", `<html>${"<".repeat(900_000)}`],
  ["JSON in JSON in JSON", Array.from({ length: 15 }).reduce<string>((inner) => JSON.stringify({ error: { message: inner } }), "x")],
  ["digits", `try again in ${"9".repeat(900_000)}`],
  ["words of waiting", "retry after ".repeat(80_000)],
  ["a wide record", JSON.stringify({ error: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`message${index}`, "x"])) })],
])("a body of %s is read in no time", ([, responseBody]) => {
  const startedMs = performance.now();
  const fault = classify(
    new Error("x"),
    { status: 429, headers: new Headers(), isStream: false, responseBody: responseBody as string },
    NOW,
  );

  expectSound(fault, 429);
  expect(performance.now() - startedMs).toBeLessThan(4000);
});
