import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import { OverBound } from "../../src/model/answer/bounds.ts";
import { openModels } from "../../src/model/open-model.ts";
import { BadAnswer } from "../../src/model/protocol.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { type Reply, startModelServer } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";
import { IS_FULL } from "./counted-run.ts";
import { GOLDEN, type Golden } from "./golden-answer.ts";
import { expectSoundDecoded, expectSoundEnd } from "./sound-answer.ts";
import { brokenBody, brokenEvents, brokenFailure, brokenReply, brokenStream } from "./wire-mutation.ts";

const BOTTOMLESS = "[".repeat(20_000) + "]".repeat(20_000);
/** Broken answers that are decoded in memory, and replies that a server sends. */
const [DECODED, SENT] = IS_FULL ? [1000, 200] : [300, 60];
// For eight tries that wait for nothing, on a machine that has other things to do.
const MAX_MS = 20_000;
const PRICE = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6, perRequest: 0 };

async function expectSoundOrBadAnswer(read: () => Promise<unknown>): Promise<void> {
  try {
    expectSoundDecoded(await read());
  } catch (error) {
    if (!(error instanceof BadAnswer || error instanceof OverBound)) throw error;
    expect(error.message).toMatch(/^[^\n]{1,200}$/);
  }
}

async function* eventsOf(texts: readonly string[]): AsyncGenerator<unknown> {
  for (const text of texts) if (text !== "[DONE]") yield JSON.parse(text);
}

type Provider = { reply: Reply; readonly ask: () => Promise<unknown> };

// Every question comes from a model of its own: a host that fails all the time would be given up.
async function startProvider({ api }: Golden, stream: boolean): Promise<Provider> {
  const provider: { reply: Reply } = { reply: { kind: "stall" } };
  const server = await startModelServer(() => provider.reply);
  const dispatchers = openDispatchers(300);
  onTestFinished(async () => {
    await Promise.all([server.close(), dispatchers.whole.destroy(), dispatchers.streamed.destroy()]);
  });
  const baseUrl = api === "anthropic" ? server.url : `${server.url}/v1`;
  const ask = async (): Promise<unknown> => {
    const clock = new QuickClock();
    const open = openModels({ key: () => "sk-some-key", now: () => clock.now(), clock, random: () => 1, dispatchers });
    const model = open(modelSpec({ api, stream, baseUrl, price: PRICE }))({ task: undefined as never, attempt: 1 });
    return model.generate(modelRequest()).catch((error: unknown) => error);
  };
  return Object.assign(provider, { ask });
}

// Each of these once was an error of its own.
const WORST: readonly { readonly what: string; readonly reply: Reply; readonly stream?: boolean }[] = [
  { what: "nothing in the place of a stream", stream: true, reply: { kind: "text", text: "", status: 204 } },
  { what: "a complaint of several lines", reply: { kind: "json", status: 400, body: { error: { message: "one\ntwo\u001b[31m" } } } },
  { what: "a page in the place of an answer", reply: { kind: "text", text: "<html>\n<body>\tlater</body>" } },
  { what: "a code without end", reply: { kind: "json", status: 400, body: { error: { code: "x".repeat(9_000) } } } },
  { what: "a code that every object has", reply: { kind: "json", body: { error: { code: "constructor" } } } },
  { what: "a type that every object has", reply: { kind: "json", body: { type: "error", error: { type: "toString" } } } },
  { what: "a code that is no number", reply: { kind: "json", body: { error: { code: { toString: null, valueOf: null } } } } },
  { what: "a bottomless code", reply: { kind: "text", text: `{"error": {"code": ${BOTTOMLESS}}}` } },
  { what: "a bottomless complaint", reply: { kind: "text", status: 500, text: `{"error": {"message": ${BOTTOMLESS}}}` } },
];

describe.for(GOLDEN)("an answer over $api", (golden) => {
  test("is sound when nothing is wrong with it", async () => {
    expectSoundDecoded(golden.decode(golden.body, []));
    const texts = golden.events.map((event) => (event === "[DONE]" ? event : JSON.stringify(event)));
    const streamed = golden.decode(await golden.collect(eventsOf(texts as string[])), []);
    expectSoundDecoded(streamed);
    expect(streamed.turn.view.calls[0]).toMatchObject({ name: "write_file", args: { kind: "ok", value: { path: "a.py" } } });
  });

  test(`is read or turned down, whatever ${DECODED} bodies hold`, async () => {
    const property = fc.asyncProperty(brokenBody(golden), (text) =>
      expectSoundOrBadAnswer(async () => golden.decode(JSON.parse(text), [])),
    );
    await fc.assert(property, { numRuns: DECODED, seed: 20_260_103 });
  });

  test(`is put together or turned down, whatever ${DECODED} streams of events hold`, async () => {
    const property = fc.asyncProperty(brokenEvents(golden), (texts) =>
      expectSoundOrBadAnswer(async () => golden.decode(await golden.collect(eventsOf(texts)), [])),
    );
    await fc.assert(property, { numRuns: DECODED, seed: 20_260_104 });
  });

  test.for(WORST)("comes to a fault of the provider's on $what", async ({ reply, stream = false }) => {
    const provider = await startProvider(golden, stream);
    provider.reply = reply;
    const end = await provider.ask();

    expect(end).toBeInstanceOf(InfraError);
    expectSoundEnd(end);
  });

  test.for([
    { form: `${SENT} bodies`, stream: false, broken: brokenReply },
    { form: `${SENT} streams`, stream: true, broken: brokenStream },
    { form: `${SENT} failures`, stream: false, broken: brokenFailure },
    { form: `${SENT} bodies in the place of a stream`, stream: true, broken: brokenReply },
  ])("comes to an answer, a rejection or a fault of the provider's, whatever $form a server sends", async ({ stream, broken }) => {
    const provider = await startProvider(golden, stream);
    const property = fc.asyncProperty(broken(golden), async (reply) => {
      provider.reply = reply;
      const began = performance.now();
      expectSoundEnd(await provider.ask());
      expect(performance.now() - began).toBeLessThan(MAX_MS);
    });

    await fc.assert(property, { numRuns: SENT, seed: 20_260_105 });
  });
});
