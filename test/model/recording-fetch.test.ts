import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { openDispatchers, recordedRequest } from "../../src/model/recording-fetch.ts";

const THINKING_MS = 200;

/** Opens an answer at once, and thinks before its first token. */
async function slowServer(): Promise<string> {
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n');
    await sleep(THINKING_MS);
    response.end('data: {"choices":[{"delta":{"content":"Hello."}}]}\n\ndata: [DONE]\n\n');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the time to the first token includes the thinking of a server that opens its answer at once", async () => {
  const recording = recordedRequest(openDispatchers(), { isStreamed: true }, new AbortController().signal);
  const startMs = performance.now();
  await recording.fetch(await slowServer());
  const seenMs: number[] = [];

  for await (const _event of recording.readEvents()) seenMs.push(performance.now() - startMs);

  // The first event alone would tell that the model is fast.
  expect(seenMs[0]).toBeLessThan(recording.firstTokenMs() ?? 0);
  expect(recording.firstTokenMs()).toBeGreaterThan(THINKING_MS / 2);
});
