import { expect, test } from "vitest";
import { Channel, payloadOf, plainOutput } from "../../../src/sandbox/channel/channel.ts";
import type { Frame } from "../../../src/sandbox/channel/frame.ts";
import { AttachDecoder } from "../../../src/sandbox/docker/attach-stream.ts";
import { FarEnd } from "../../fixtures/far-end.ts";
import { duplexPair } from "../duplex-pair.ts";

const bounds = { timeoutMs: 60_000, maxReplyBytes: 100 };

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A channel, and the far end of its connection as the guest sees it. */
async function connected() {
  const [near, far] = duplexPair();
  const told: string[] = [];
  const notify = (event: string) => () => void told.push(event);
  const channel = new Channel(
    near,
    { ended: notify("ended"), unresponsive: notify("unresponsive"), malformed: notify("malformed") },
    new AttachDecoder(),
  );
  channel.sendProgram(Buffer.from("program"));
  const end = new FarEnd("program".length);
  const received: Frame[] = [];
  far.on("data", (chunk: Buffer) => received.push(...end.push(chunk)));
  const write = (kind: 1 | 2, bytes: Buffer) => {
    const header = Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(bytes.length, 4);
    far.write(Buffer.concat([header, bytes]));
  };
  const send = (header: Record<string, unknown>, payload = "") => write(1, end.frame(header, Buffer.from(payload)));
  while (!end.hasKey) await settled();
  return { channel, far, told, received, send, write };
}

test("replies in any order reach their requests, with all their parts", async () => {
  const { channel, send, received } = await connected();
  const first = channel.request({ op: "a" }, bounds);
  const second = channel.request({ op: "b" }, bounds, Buffer.from("with this"));
  await settled();

  send({ id: second.id, more: true }, "one ");
  send({ id: first.id, answer: { n: 1 } });
  send({ id: second.id, answer: { n: 2 } }, "two");

  expect((await first.reply).answer).toEqual({ n: 1 });
  expect(payloadOf(await second.reply).toString()).toBe("one two");
  expect(received.map(({ header, payload }) => [header["op"], payload.toString()])).toEqual([
    ["a", ""],
    ["b", "with this"],
  ]);
});

test("a failure of the guest rejects that request alone", async () => {
  const { channel, send } = await connected();
  const first = channel.request({}, bounds);
  const second = channel.request({}, bounds);

  send({ id: first.id, error: "Traceback" });
  send({ id: second.id, answer: {} });

  await expect(first.reply).rejects.toThrow(/guest failed: "Traceback"/);
  expect((await second.reply).answer).toEqual({});
});

test("data that is no answer, or longer than the limit, is reported as malformed", async () => {
  const malformed = await connected();
  malformed.write(1, Buffer.from("Traceback (most recent call last)"));
  const long = await connected();
  const { id } = long.channel.request({}, bounds);
  long.send({ id, more: true }, "x".repeat(101));
  await settled();

  expect([malformed.told, long.told]).toEqual([["malformed"], ["malformed"]]);
});

test.for([
  { title: "parts without end and without content", header: { more: true }, times: 25_001 },
  { title: "a path that no file can have", header: { more: true, file: "x".repeat(5_000) }, times: 1 },
])("$title are reported as malformed", async ({ header, times }) => {
  const { channel, send, told } = await connected();
  const { id } = channel.request({}, bounds);
  for (let n = 0; n < times; n++) send({ ...header, id });
  await settled();

  await expect.poll(() => told).toContain("malformed");
});

test("a failure of the guest is shown up to a length", async () => {
  const { channel, send } = await connected();
  const { id, reply } = channel.request({}, bounds);
  send({ id, error: "x".repeat(1_000_000) });

  expect(((await reply.catch((error: unknown) => error)) as Error).message.length).toBeLessThan(3_000);
});

test("an answer without a request is ignored", async () => {
  const { channel, send, told } = await connected();
  send({ id: 99, answer: {} });
  const { id, reply } = channel.request({}, bounds);
  send({ id, answer: {} });

  await reply;

  expect(told).toEqual([]);
});

test("the end of the guest's standard error is kept", async () => {
  const { channel, write } = await connected();
  write(2, Buffer.from("x".repeat(20_000)));
  write(2, Buffer.from("the end\n"));
  await settled();

  expect(channel.errorOutput).toMatch(/^x+the end$/);
  expect(channel.errorOutput.length).toBeLessThanOrEqual(8192);
});

test("a connection that carries only answers is read as it is, and standard error from elsewhere is kept", async () => {
  const [near, far] = duplexPair();
  const channel = new Channel(near, { ended() {}, unresponsive() {}, malformed() {} }, plainOutput);
  const end = new FarEnd(0);
  far.on("data", (chunk: Buffer) => end.push(chunk));
  channel.sendProgram(Buffer.alloc(0));
  while (!end.hasKey) await settled();
  const { id, reply } = channel.request({}, bounds);

  far.write(end.frame({ id, answer: { n: 1 } }, Buffer.from("plain")));
  channel.addErrorOutput(Buffer.from("oh no\n"));

  expect(payloadOf(await reply).toString()).toBe("plain");
  expect(channel.errorOutput).toBe("oh no");
});

test("an overdue answer and a closed connection are reported once each", async () => {
  const { channel, far, told } = await connected();
  channel.request({}, { ...bounds, timeoutMs: 0 }).reply.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  far.destroy();
  await settled();
  await settled();

  expect(told).toEqual(["unresponsive", "ended"]);
});

test("a failed channel rejects pending and later requests with the first reason", async () => {
  const { channel, told } = await connected();
  const open = channel.request({}, bounds).reply;

  channel.fail(new Error("first"));
  channel.fail(new Error("second"));

  await expect(open).rejects.toThrow("first");
  await expect(channel.request({}, bounds).reply).rejects.toThrow("first");
  await expect(channel.ready).rejects.toThrow("first");
  await settled();
  expect(told).toEqual([]);
});

test.for(["forged", "repeated", "changed"])("an answer that was %s is reported as malformed and not accepted", async (how) => {
  const [near, far] = duplexPair();
  const told: string[] = [];
  const channel = new Channel(near, { ended() {}, unresponsive() {}, malformed: () => void told.push("malformed") }, plainOutput);
  const end = new FarEnd(0);
  far.on("data", (chunk: Buffer) => end.push(chunk));
  channel.sendProgram(Buffer.alloc(0));
  while (!end.hasKey) await settled();
  const { id, reply } = channel.request({}, bounds);
  const answered: unknown[] = [];
  reply.then(
    (one) => answered.push(one),
    () => {},
  );

  const forger = new FarEnd(0);
  forger.push(Buffer.alloc(32));
  const genuine = end.frame({ id: 77, answer: { passed: true } });
  if (how === "forged") far.write(forger.frame({ id, answer: { passed: true } }));
  if (how === "repeated") far.write(Buffer.concat([genuine, genuine]));
  if (how === "changed") far.write(Buffer.from(genuine.toString("latin1").replace('"id":77', `"id":0${id}`), "latin1"));
  await settled();
  await settled();

  expect([told, answered]).toEqual([["malformed"], []]);
});
