import { describe, expect, test } from "vitest";
import { DIALECT, kindOf } from "../../../../src/model/traffic/dialect/dialect.ts";
import { isAbout } from "../../../../src/model/traffic/dialect/entry.ts";
import { readReport } from "../../../../src/model/traffic/dialect/report.ts";
import { classified } from "./wire.ts";

const entries = DIALECT.map((entry) => ({
  ...entry,
  title: `${entry.kind}, ${entry.by}: ${[...(entry.codes ?? []), ...(entry.words ?? []), ...(entry.anyOf ?? []).slice(0, 2)].join(" + ")}`,
}));

test.for(entries)("$title", (entry) => {
  const [status, body] = entry.example;

  expect(classified(entry.example)).toMatchObject({ about: entry.kind });
  expect(isAbout(entry, readReport(status, status === null ? { error: body } : body))).toBe(true);
});

test("every entry asks for something, in lower case, and says where it comes from", () => {
  expect(DIALECT.length).toBeGreaterThan(250);
  for (const { codes, words, anyOf, source } of DIALECT) {
    const asked = [...(codes ?? []), ...(words ?? []), ...(anyOf ?? [])];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked).toEqual(asked.map((word) => word.toLowerCase()));
    expect(source).not.toBe("");
  }
});

describe("words that mean something else in another place", () => {
  test.for<{ title: string; status: number | null; body: unknown; about: string }>([
    {
      title: "a limit of a minute that counts tokens and speaks of a maximum",
      status: 429,
      body: { error: { message: "The maximum context length of tokens per minute is exceeded" } },
      about: "limited",
    },
    {
      title: "Google's limit of a minute, which speaks of a quota and of billing",
      status: 429,
      body: [
        {
          error: {
            code: 429,
            message: "You exceeded your current quota, please check your plan and billing details.",
            status: "RESOURCE_EXHAUSTED",
            details: [{ retryDelay: "34s" }],
          },
        },
      ],
      about: "limited",
    },
    {
      title: "a tokens-per-minute limit of Anthropic's that comes as a bad request",
      status: 400,
      body: { error: { message: "This request would exceed your rate limit of 40,000 input tokens per minute" } },
      about: "limited",
    },
    {
      title: "a call of the model's that speaks of keys and windows",
      status: 500,
      body: {
        error: 'error parsing tool call: raw=\'{"text": "prompt is too long, invalid api key, insufficient balance"\', err=unexpected end',
      },
      about: "malformed-call",
    },
    { title: "an unknown 400", status: 400, body: { error: { message: "nonsense" } }, about: "rejected" },
    { title: "an unknown 418", status: 418, body: "", about: "rejected" },
    { title: "an unknown 599", status: 599, body: "", about: "passing" },
    { title: "an error in a stream that says nothing", status: null, body: { message: "something" }, about: "passing" },
    {
      title: "a 400 whose type is that of a server's error",
      status: 400,
      body: { error: { message: "who knows", type: "api_error" } },
      about: "rejected",
    },
    { title: "a 500 that speaks of safety", status: 500, body: { error: { message: "the safety service is down" } }, about: "passing" },
  ])("$title is $about", ({ status, body, about }) => {
    expect(classified([status, body]).about).toBe(about);
  });
});

describe("the shapes in which hosts and gateways wrap an error", () => {
  const message = "prompt is too long: 206640 tokens > 200000 maximum";
  test.for<{ title: string; status: number | null; body: unknown }>([
    { title: "OpenAI's", status: 400, body: { error: { message, type: "invalid_request_error" } } },
    { title: "a list", status: 400, body: [{ error: { code: 400, message } }] },
    { title: "a bare text under error", status: 400, body: { error: message } },
    { title: "a detail", status: 422, body: { detail: message } },
    { title: "a list of details", status: 422, body: { detail: [{ loc: ["body", "messages"], msg: message }] } },
    { title: "a message alone", status: 400, body: { message } },
    { title: "vLLM's old one", status: 400, body: { object: "error", message, code: 400 } },
    { title: "plain text", status: 400, body: message },
    { title: "JSON in the message", status: 400, body: { error: { message: JSON.stringify({ error: { message } }), code: 400 } } },
    {
      title: "JSON in text in the message",
      status: 400,
      body: { error: { message: `{"error":{"message":${JSON.stringify(JSON.stringify({ error: { message } }))}}}` } },
    },
    { title: "an object in the message", status: 400, body: { error: { message: { error: message }, code: "400" } } },
    {
      title: "OpenRouter's raw text",
      status: 400,
      body: { error: { message: "Provider returned error", code: 400, metadata: { raw: JSON.stringify({ error: { message } }) } } },
    },
    { title: "a list of errors", status: 400, body: { success: false, errors: [{ code: 5021, message }] } },
    { title: "an event of a stream", status: null, body: { type: "invalid_request_error", message } },
    { title: "a page", status: 400, body: `<html><body><h1>${message}</h1></body></html>` },
  ])("$title", ({ status, body }) => {
    expect(kindOf(readReport(status, status === null ? { error: body } : body))).toBe("overflow");
  });
});
