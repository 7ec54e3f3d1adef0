import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { errorBody, sayError } from "../../../src/model/gateway/program-error.ts";
import type { ProgramApi } from "../../../src/model/gateway/route.ts";

/** What a program reads that is told of an error, before its stream has begun or after. */
async function readOf(api: ProgramApi, hasBegun: boolean): Promise<{ readonly status: number; readonly text: string }> {
  const server = createServer((_request, response) => {
    if (hasBegun) response.writeHead(200, { "content-type": "text/event-stream" }).write("\n\n");
    sayError(response, api, { status: 400, body: errorBody(api, 400, "no") });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { status: answer.status, text: (await answer.text()).trim() };
}

test.for<{ api: ProgramApi; said: unknown }>([
  { api: "anthropic", said: { type: "error", error: { type: "invalid_request_error", message: "no" } } },
  { api: "gemini", said: { error: { code: 400, message: "no", status: "INVALID_ARGUMENT" } } },
  { api: "openai-chat", said: { error: { message: "no", type: "invalid_request_error", code: "invalid_request_error" } } },
  { api: "openai-responses", said: { error: { message: "no", type: "invalid_request_error", code: "invalid_request_error" } } },
])("an error is told as $api has it, and in a stream that has begun as its client reads it there", async ({ api, said }) => {
  const [before, after] = [await readOf(api, false), await readOf(api, true)];

  expect(before.status).toBe(400);
  expect(JSON.parse(before.text)).toEqual(said);
  expect(after.status).toBe(200);
  // Google's client reads events as answers, and looks for an error in a piece by itself.
  const json = api === "gemini" ? after.text : after.text.replace(/^event: error\ndata: /, "");
  expect(JSON.parse(json)).toEqual(said);
});
