import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame, FrameDecoder, KEY_BYTES, MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, Seal } from "../../../src/sandbox/channel/frame.ts";

const key = Buffer.alloc(KEY_BYTES, 7);
const seal = () => new Seal(key, "guest");

const frames = fc.array(
  fc.record({
    header: fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 6 },
);

/** Cuts bytes at the given places, each taken modulo the length. */
function split(bytes: Buffer, cuts: readonly number[]): readonly Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end));
}

function lengths(header: number, payload: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(header, 0);
  bytes.writeUInt32BE(payload, 4);
  return bytes;
}

/** A frame of a header that no encoder writes, under a seal that holds. */
function sealed(header: string): Buffer {
  const start = lengths(header.length, 0);
  const text = Buffer.from(header);
  return Buffer.concat([start, seal().next(start, text), text]);
}

test("frames are decoded as they were encoded, however the stream is split", () => {
  fc.assert(
    fc.property(frames, fc.array(fc.nat(5000), { maxLength: 40 }), (sent, cuts) => {
      const sealing = seal();
      const stream = Buffer.concat(sent.flatMap(({ header, payload }) => encodeFrame(sealing, header, payload)));
      const decoder = new FrameDecoder(seal());

      const received = split(stream, cuts).flatMap((chunk) => decoder.push(chunk));

      const plain = sent.map(({ header, payload }) => ({ header: JSON.parse(JSON.stringify(header)), payload: Buffer.from(payload) }));
      expect(received).toEqual(plain);
    }),
  );
});

test("a frame is returned only when it is complete", () => {
  const [start] = encodeFrame(seal(), { id: 1 });
  const bytes = Buffer.from(start ?? []);
  const decoder = new FrameDecoder(seal());

  for (const byte of bytes.subarray(0, -1)) expect(decoder.push(Buffer.from([byte]))).toEqual([]);

  expect(decoder.push(bytes.subarray(-1))).toEqual([{ header: { id: 1 }, payload: Buffer.alloc(0) }]);
});

test.for([
  ["a header that is too long", lengths(MAX_HEADER_BYTES + 1, 0)],
  ["a payload that is too long", lengths(0, MAX_PAYLOAD_BYTES + 1)],
  ["text instead of lengths", Buffer.from("Traceback (most recent call last)")],
  ["a header that is not JSON", sealed("{")],
  ["a header that is not an object", sealed("[]")],
  ["a seal of another key", Buffer.concat(encodeFrame(new Seal(Buffer.alloc(KEY_BYTES), "guest"), { id: 1 }))],
  ["a seal of the other way", Buffer.concat(encodeFrame(new Seal(key, "host"), { id: 1 }))],
  ["a header of null", sealed("null")],
] as const)("%s is refused", ([, bytes]) => {
  expect(() => new FrameDecoder(seal()).push(bytes)).toThrow();
});
