import { describe, expect, test } from "vitest";
import { type Bench, benchModel, modelRequest } from "../fixtures/model-bench.ts";
import { API_REPLIES } from "../fixtures/model-reply.ts";
import type { Reply } from "../fixtures/model-server.ts";

type Form = { readonly title: string; readonly reply: Reply; readonly stream: boolean };

async function ask({ model }: Bench): Promise<object> {
  return model.generate(modelRequest());
}

describe.for(API_REPLIES)("an answer over $api", ({ api, hello, helloStream }) => {
  const whole = hello.kind === "json" ? JSON.stringify(hello.body) : "";
  const events = helloStream.kind === "events" ? helloStream.text : "";
  const lines = events
    .split("\n")
    .filter((line) => line.startsWith("data: {"))
    .map((line) => line.slice(6));

  test.for<Form>([
    { title: "JSON sent as text/plain", reply: { kind: "text", text: whole, contentType: "text/plain" }, stream: false },
    { title: "JSON sent as an event stream", reply: { kind: "text", text: whole, contentType: "text/event-stream" }, stream: true },
    { title: "JSON to a request for a stream", reply: { kind: "text", text: whole }, stream: true },
    { title: "JSON with a mark of its byte order", reply: { kind: "text", text: `\ufeff${whole}` }, stream: false },
    { title: "JSON after blank lines that kept the connection open", reply: { kind: "text", text: `\n\n   \n${whole}` }, stream: false },
    { title: "a stream sent as text/plain", reply: { kind: "text", text: events, contentType: "text/plain" }, stream: true },
    { title: "a stream sent as JSON", reply: { kind: "text", text: events, contentType: "application/json" }, stream: true },
    { title: "a stream to a request for none", reply: { kind: "events", text: events }, stream: false },
    { title: "a stream to a request for none, sent as JSON", reply: { kind: "text", text: events }, stream: false },
    {
      title: "a stream that begins with comments",
      reply: { kind: "text", text: `: PROCESSING\n\n: PROCESSING\n\n${events}`, contentType: "text/plain" },
      stream: true,
    },
    { title: "a stream with a mark of its byte order", reply: { kind: "events", text: `\ufeff${events}` }, stream: true },
    {
      title: "a stream without empty lines",
      reply: { kind: "events", text: events.replaceAll("\n\n", "\n").replaceAll(/^event: .*\n/gm, "") },
      stream: true,
    },
    { title: "a stream without its last empty line", reply: { kind: "events", text: `${events}data: [DONE]` }, stream: true },
    {
      title: "a stream as lines of JSON",
      reply: { kind: "text", text: lines.join("\n"), contentType: "application/x-ndjson" },
      stream: true,
    },
  ])("is read from $title", async ({ reply, stream }) => {
    expect(await ask(await benchModel([reply], { api, stream }))).toMatchObject({
      kind: "response",
      turn: { view: { text: "Hello." } },
      finish: "stop",
      attempts: [{ fault: null }],
    });
  });

  test.for<Form>([
    { title: "half a body", reply: { kind: "text", text: whole.slice(0, -20), contentType: "text/plain" }, stream: false },
    { title: "nothing", reply: { kind: "text", text: " \n" }, stream: true },
  ])("is none in $title, which is asked for again", async ({ reply, stream }) => {
    const bench = await benchModel([reply, stream ? helloStream : hello], { api, stream });

    expect(await ask(bench)).toMatchObject({
      kind: "response",
      attempts: [{ fault: expect.stringMatching(/no-answer|malformed-json/) }, { fault: null }],
    });
  });
});
