import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable } from "node:stream";
import { constants, createBrotliCompress, createDeflate, createGunzip, createGzip, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { Api } from "../../src/core/model.ts";
import { MAX_ANSWER_BYTES } from "../../src/model/answer/bounds.ts";
import { openModels } from "../../src/model/open-model.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";
import { expectSoundEnd } from "./sound-answer.ts";

const MB = 1024 * 1024;
const CANARY = "sk-canary-1f7e4b9a03c58d26";
const APIS = ["openai-chat", "openai-responses", "anthropic", "gemini"] as const satisfies readonly Api[];
// Far above what an answer may take, far below what each of these takes without a bound.
const MAX_GROWTH_BYTES = 400 * MB;
// For a machine that has other things to do; without the bounds the loop stands still for seconds or for ever.
const MAX_DELAY_MS = 2_000;

type End = { readonly end: unknown; readonly requests: number; readonly grownBytes: number; readonly delayMs: number };

/** Asks a model of the server once and measures what that takes of this process. */
async function ask(answer: RequestListener, { api, stream }: { readonly api: Api; readonly stream: boolean }): Promise<End> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    response.on("error", () => {});
    request.resume();
    request.on("end", () => answer(request, response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const dispatchers = openDispatchers(5_000);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all([dispatchers.whole.destroy(), dispatchers.streamed.destroy()]);
  });
  const clock = new QuickClock();
  const open = openModels({ key: () => CANARY, now: () => clock.now(), clock, random: () => 1, dispatchers });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}${api === "anthropic" || api === "gemini" ? "" : "/v1"}`;
  const model = open(modelSpec({ api, stream, baseUrl }))({ task: undefined as never, attempt: 1 });
  const before = process.memoryUsage.rss();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const end = await model.generate(modelRequest()).catch((error: unknown) => error);
  return { end, requests, grownBytes: process.memoryUsage.rss() - before, delayMs: delay.max / 1e6 };
}

/** Writes as fast as the reader takes it and stops when the reader has gone. */
function pour(response: ServerResponse, type: string, pieces: Iterable<string | Buffer>): void {
  response.writeHead(200, { "content-type": type });
  const source = Readable.from(pieces);
  response.on("close", () => source.destroy());
  source.pipe(response);
}

function* repeated(piece: string | Buffer, times: number, first = ""): Generator<string | Buffer> {
  if (first !== "") yield first;
  for (let n = 0; n < times; n++) yield piece;
}

async function compressed(packing: NodeJS.ReadWriteStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from(repeated(Buffer.alloc(MB, "A"), BOMB_MB, '{"a":"')).pipe(packing)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const BOMB_MB = 200;
const PACKINGS = [
  { encoding: "gzip", bomb: compressed(createGzip()) },
  { encoding: "deflate", bomb: compressed(createDeflate()) },
  { encoding: "br", bomb: compressed(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })) },
];
const GZIP = PACKINGS[0]?.bomb;

test("a gzip of 200 kB inflates to 200 MB when nothing bounds it", async () => {
  const bomb = await GZIP;
  let inflated = 0;
  for await (const chunk of Readable.from([bomb]).pipe(createGunzip())) inflated += (chunk as Buffer).length;

  expect(bomb?.length).toBeLessThan(MB);
  expect(inflated).toBeGreaterThan(BOMB_MB * MB);
});

describe.for(APIS)("an answer over %s", (api) => {
  test.for(PACKINGS)(
    "that inflates without end from $encoding is refused in bounded memory, once, as the provider's failure",
    async ({ encoding, bomb }) => {
      const body = await bomb;
      const { end, requests, grownBytes } = await ask(
        (_, response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding }).end(body),
        { api, stream: false },
      );

      expect(end).toMatchObject({ source: "provider", scope: "trial", message: expect.stringContaining("answer-too-large") });
      expect(requests).toBe(1);
      expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
    },
  );

  test("that is compressed twice is refused before it is inflated", async () => {
    const bomb = gzipSync((await GZIP) ?? "");
    const { end } = await ask(
      (_, response) => response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip, gzip" }).end(bomb),
      { api, stream: false },
    );

    expect(end).toMatchObject({ source: "provider", scope: "trial", message: expect.stringContaining("compressed more than once") });
  });

  test.for([302, 400, 500])("of status %i with a body that inflates without end is known by its status", async (status) => {
    const bomb = await GZIP;
    const { end, grownBytes } = await ask(
      (_, response) => response.writeHead(status, { location: "/x", "content-encoding": "gzip" }).end(bomb),
      { api, stream: false },
    );

    expect(end).toBeInstanceOf(InfraError);
    expect((end as Error).message).toContain(`http-${status}`);
    expect((end as Error).message.length).toBeLessThan(1_500);
    expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
  });

  const long = 2 * (MAX_ANSWER_BYTES / 65_536);
  test.for<{ title: string; stream: boolean; pieces: () => Iterable<string | Buffer> }>([
    { title: "is endless", stream: false, pieces: () => repeated("x".repeat(65_536), long, '{"a":"') },
    { title: "has a million arrays", stream: false, pieces: () => repeated("[],".repeat(10_000), 100, "[") },
    { title: "has two million fields of one name", stream: false, pieces: () => repeated('"a":1,'.repeat(10_000), 200, "{") },
    { title: "has fifteen million levels", stream: false, pieces: () => repeated("[".repeat(65_536), 240) },
    { title: "streams a line without end", stream: true, pieces: () => repeated("x".repeat(65_536), long, "data: ") },
    { title: "streams an event of endless lines", stream: true, pieces: () => repeated("data: xxxxxxx\n".repeat(4_681), long) },
    { title: "streams events without end", stream: true, pieces: () => repeated('data: {"a":1}\n\n'.repeat(1_000), 1_000) },
    { title: "streams empty lines without end", stream: true, pieces: () => repeated("\n".repeat(65_536), 1_100) },
  ])("that $title is refused while others work", async ({ stream, pieces }) => {
    const type = stream ? "text/event-stream" : "application/json";
    const { end, requests, grownBytes, delayMs } = await ask((_, response) => pour(response, type, pieces()), { api, stream });

    expect(end).toMatchObject({ source: "provider", scope: "trial", message: expect.stringContaining("answer-too-large") });
    expectSoundEnd(end);
    expect(requests).toBe(1);
    expect(grownBytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(delayMs).toBeLessThan(MAX_DELAY_MS);
  });
});
