import { expect, test } from "vitest";
import { BadAnswer } from "../../../src/model/protocol.ts";
import type { Exchange } from "../../../src/model/recording-fetch.ts";
import { classify } from "../../../src/model/traffic/fault.ts";

const now = new Date("2026-01-01T00:00:00Z");
const exchange = (status: number | null, body: unknown = "", headers: Record<string, string> = {}): Exchange => ({
  status,
  headers: new Headers(headers),
  isStream: false,
  responseBody: typeof body === "string" ? body : JSON.stringify(body),
});
const withCause = (code: string): Error => new TypeError("fetch failed", { cause: Object.assign(new Error(`failed: ${code}`), { code }) });

test.for<{ title: string; status: number; body: unknown; fault: object }>([
  {
    title: "Google's limit of a minute, which speaks of billing",
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
    fault: { kind: "transient", label: "http-429 RESOURCE_EXHAUSTED", serverWaitMs: 34_000 },
  },
  {
    title: "OpenAI's spent quota",
    status: 429,
    body: { error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" } },
    fault: { kind: "final", scope: "arm" },
  },
  {
    title: "Anthropic's spent credit, which comes as a bad request",
    status: 400,
    body: {
      type: "error",
      error: { type: "invalid_request_error", message: "Your credit balance is too low to access the Anthropic API." },
    },
    fault: { kind: "final", scope: "arm" },
  },
  {
    title: "DeepSeek's spent balance",
    status: 402,
    body: { error: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" } },
    fault: { kind: "final", scope: "arm" },
  },
  {
    title: "Groq's failed call, with what the model wrote",
    status: 400,
    body: { error: { message: "Failed to call a function.", code: "tool_use_failed", failed_generation: `<function=${"x".repeat(900)}` } },
    fault: { kind: "rejected", reason: "bad-tool-call", message: `<function=${"x".repeat(490)}` },
  },
  {
    title: "OpenRouter's moderation",
    status: 403,
    body: {
      error: { code: 403, message: "Your chosen model requires moderation", metadata: { reasons: ["violence"], flagged_input: "..." } },
    },
    fault: { kind: "rejected", reason: "refused" },
  },
  {
    title: "Groq's request that is too large for a minute",
    status: 413,
    body: {
      error: { message: "Request too large for model on tokens per minute (TPM): Limit 6000, Requested 7000", code: "rate_limit_exceeded" },
    },
    fault: { kind: "final", scope: "trial" },
  },
  {
    title: "a limit on tokens whose message speaks of length",
    status: 429,
    body: { error: { message: "context window tokens per minute exceeded", code: "rate_limit_exceeded" } },
    fault: { kind: "transient" },
  },
  {
    title: "Ollama's bare text",
    status: 500,
    body: { error: "llama runner process has terminated" },
    fault: { kind: "transient", label: "http-500" },
  },
  {
    title: "FastAPI's detail",
    status: 404,
    body: { detail: "Not Found" },
    fault: { kind: "final", scope: "arm", message: "http-404: Not Found" },
  },
  { title: "a redirect, which a wrong address leads to", status: 302, body: "", fault: { kind: "final", scope: "arm" } },
])("$title is told apart", ({ status, body, fault }) => {
  expect(classify(new Error("whatever the SDK throws"), exchange(status, body), now)).toMatchObject(fault);
});

test.for([
  { code: 429, kind: "transient", label: "error-429" },
  { code: 502, kind: "transient", label: "error-502" },
  { code: "server_error", kind: "transient", label: "error-500 server_error" },
  { code: "overloaded_error", kind: "transient", label: "error-529 overloaded_error" },
  { code: 400, kind: "final", label: "error-400" },
  { code: "invalid_prompt", kind: "rejected", label: "error invalid_prompt" },
])("an error $code in a success is $kind", ({ code, kind, label }) => {
  const error = new BadAnswer("error-in-success", "an error with a success status", { code, message: "text" });

  expect(classify(error, exchange(200), now)).toMatchObject({ kind, label });
});

test.for(["ECONNRESET", "ETIMEDOUT", "EPIPE", "EAI_AGAIN", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "UND_ERR_CONNECT_TIMEOUT"])(
  "%s passes by itself",
  (code) => {
    expect(classify(withCause(code), exchange(null), now)).toMatchObject({ kind: "transient", label: code });
  },
);

test.for(["ECONNREFUSED", "ENOTFOUND", "EHOSTUNREACH", "ENETUNREACH"])("%s is a host that cannot be reached", (code) => {
  expect(classify(withCause(code), exchange(null), now)).toMatchObject({ kind: "unreachable", label: code });
});

test("a port that fetch never connects to fails the arm with that reason", async () => {
  const error: unknown = await fetch("http://127.0.0.1:6667/").catch((thrown: unknown) => thrown);

  expect(classify(error, exchange(null), now)).toMatchObject({ kind: "final", scope: "arm", label: "blocked-port", billing: "none" });
});

test.for(["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID"])("%s fails the arm", (code) => {
  expect(classify(withCause(code), exchange(null), now)).toMatchObject({ kind: "final", scope: "arm", label: code });
});

test.for([
  { title: "a refused connection", error: withCause("ECONNREFUSED"), status: null, billing: "none" },
  { title: "a name that nobody knows", error: withCause("ENOTFOUND"), status: null, billing: "none" },
  { title: "a connection that was never made", error: withCause("UND_ERR_CONNECT_TIMEOUT"), status: null, billing: "none" },
  { title: "a connection that was cut", error: withCause("ECONNRESET"), status: null, billing: "maybe" },
  { title: "an answer that was cut", error: withCause("UND_ERR_SOCKET"), status: 200, billing: "maybe" },
  { title: "a garbled answer", error: new SyntaxError("no JSON"), status: 200, billing: "maybe" },
  { title: "a limit", error: new Error(""), status: 429, billing: "none" },
  { title: "a bad request", error: new Error(""), status: 400, billing: "none" },
  { title: "a connection that a gateway saw closed", error: new Error(""), status: 499, billing: "maybe" },
  { title: "a server error", error: new Error(""), status: 500, billing: "none" },
  { title: "an overload", error: new Error(""), status: 529, billing: "none" },
  { title: "a gateway whose host broke off", error: new Error(""), status: 502, billing: "maybe" },
  { title: "a limit in disguise", error: new BadAnswer("e", "e", { code: 429 }), status: 200, billing: "maybe" },
])("$title may have been billed: $billing", ({ error, status, billing }) => {
  expect(classify(error, exchange(status), now)).toMatchObject({ billing });
});

test.for([
  { status: 402, code: "x", about: "quota" },
  { status: 429, code: "insufficient_quota", about: "quota" },
  { status: 403, code: "billing_not_active", about: "quota" },
  { status: 401, code: "invalid_api_key", about: "bad-key" },
])("$status $code is about $about", ({ status, code, about }) => {
  expect(classify(new Error(""), exchange(status, { error: { code } }), now)).toMatchObject({ kind: "final", scope: "arm", about });
});

test.for([
  { title: "a terminated body", error: new TypeError("terminated"), label: "connection-lost" },
  { title: "a timeout of ours", error: new DOMException("took too long", "TimeoutError"), label: "timeout" },
  { title: "a syntax error", error: new SyntaxError("Unexpected end of JSON input"), label: "malformed-json" },
])("$title passes by itself", ({ error, label }) => {
  expect(classify(error, exchange(200), now)).toMatchObject({ kind: "transient", label });
});

test("what the provider wrote is cut to one line, whatever it is", () => {
  const bottomless = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const fault = (error: object) => classify(new Error(""), exchange(400, { error }), now);

  expect(fault({ message: "one\ntwo\u001b[31m", code: "x".repeat(9000) })).toMatchObject({
    label: `http-400 ${"x".repeat(80)}`,
    message: `http-400 ${"x".repeat(80)}: one two [31m`,
  });
  expect(classify(new Error(""), exchange(400, `{"error": {"message": ${bottomless}}}`), now)).toMatchObject({ message: "http-400: " });
  expect(fault({ code: "constructor" })).toMatchObject({ status: 400 });
});

test("a bug is no fault of the provider", () => {
  expect(classify(new TypeError("x is not a function"), exchange(200), now)).toBeNull();
  expect(classify("nonsense", exchange(null), now)).toBeNull();
});
