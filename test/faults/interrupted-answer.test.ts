import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { constants, createGzip } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { startCli } from "../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

// Twenty times what it takes on a quiet machine, and nothing beside an answer that never ends.
const MAX_END_MS = 10_000;

async function* dripped(first: string, piece: string, everyMs: number): AsyncGenerator<string> {
  yield first;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    yield piece;
  }
}

type Hostile = { readonly what: string; readonly stream: boolean; readonly send: (response: ServerResponse) => void };

const HOSTILE: readonly Hostile[] = [
  { what: "drips bytes of a whole answer", stream: false, send: (response) => pour(response, dripped('{"a":"', "x", 20)) },
  { what: "sends bytes of a line without end", stream: true, send: (response) => pour(response, dripped("data: ", "x", 1)) },
  { what: "sends events without end that say nothing", stream: true, send: (response) => pour(response, dripped("", ": ping\n\n", 1)) },
  { what: "sends an event without end", stream: true, send: (response) => pour(response, dripped("data: ", "x".repeat(20_000), 20)) },
  {
    what: "sends an answer that inflates without end",
    stream: false,
    send: (response) => {
      response.setHeader("content-encoding", "gzip");
      pour(response, dripped('{"a":"', "x".repeat(65_536), 10), createGzip({ flush: constants.Z_SYNC_FLUSH }));
    },
  },
];

function pour(response: ServerResponse, pieces: Iterable<string> | AsyncIterable<string>, packing?: NodeJS.ReadWriteStream): void {
  const source = Readable.from(pieces);
  response.on("close", () => source.destroy()).on("error", () => {});
  if (packing === undefined) source.pipe(response);
  else source.pipe(packing).pipe(response);
}

test.for(HOSTILE)("Ctrl-C ends a run whose host $what", { timeout: 240_000 }, async ({ stream, send }) => {
  using folder = new TempFolder();
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    response.setHeader("content-type", stream ? "text/event-stream" : "application/json");
    send(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const model = `{name: a, api: openai-chat, model: m, base_url: "${url}", api_key_env: SOME_KEY, stream: ${stream}, price: {input: 1, output: 1, cache_read: 1}}`;
  const suite = Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text]);
  folder.write({ ...Object.fromEntries(suite), "models.yaml": `models:\n  - ${model}\n` });

  const cli = startCli(["run", "--trust", "--no-probe"], { cwd: folder.path, env: { SOME_KEY: "sk-some-key-0123456789" } });
  while (asked === 0 && cli.child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const began = performance.now();
  cli.child.kill("SIGINT");
  const end = await cli.end;
  const tookMs = performance.now() - began;

  expect(asked).toBe(1);
  expect(end.code).toBe(130);
  expect(end.stderr).not.toContain("bug");
  expect(tookMs).toBeLessThan(MAX_END_MS);
});
