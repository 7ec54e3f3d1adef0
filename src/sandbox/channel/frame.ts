import { ByteQueue } from "./byte-queue.ts";
import { SEAL_BYTES, type Seal } from "./seal.ts";

/** One message between host and guest: a JSON object and the bytes that go with it. */
export type Frame = { readonly header: Readonly<Record<string, unknown>>; readonly payload: Buffer };

const LENGTH_BYTES = 8;
/** The largest header that either side accepts. */
export const MAX_HEADER_BYTES = 8 * 1024 * 1024;
/** The largest payload that either side accepts in one frame. */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

const nothing = new Uint8Array();

/** Writes a frame: two big-endian 32-bit lengths, the seal on all the rest, the header as JSON, the payload as it is. */
export function encodeFrame(seal: Seal, header: Readonly<Record<string, unknown>>, payload: Uint8Array = nothing): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTH_BYTES);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(payload.length, 4);
  const start = Buffer.concat([lengths, seal.next(lengths, text, payload), text]);
  return payload.length === 0 ? [start] : [start, payload];
}

type Lengths = { readonly bytes: Uint8Array; readonly header: number; readonly payload: number };

/** Cuts a stream of bytes, however it was split, into frames. */
export class FrameDecoder {
  readonly #queue = new ByteQueue();
  readonly #seal: Seal;
  #lengths: Lengths | null = null;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** Gives the frames that are whole now; throws Error when the bytes cannot be frames, after which the stream is of no use. */
  push(chunk: Buffer): readonly Frame[] {
    this.#queue.push(chunk);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | null {
    this.#lengths ??= this.#readLengths();
    if (this.#lengths === null || this.#queue.length < SEAL_BYTES + this.#lengths.header + this.#lengths.payload) return null;
    const found = this.#queue.take(SEAL_BYTES);
    const text = this.#queue.take(this.#lengths.header);
    const payload = this.#queue.take(this.#lengths.payload);
    this.#seal.check(found, this.#lengths.bytes, text, payload);
    this.#lengths = null;
    return { header: parseHeader(text), payload };
  }

  #readLengths(): Lengths | null {
    if (this.#queue.length < LENGTH_BYTES) return null;
    const bytes = this.#queue.take(LENGTH_BYTES);
    const lengths = { bytes, header: bytes.readUInt32BE(0), payload: bytes.readUInt32BE(4) };
    if (lengths.header > MAX_HEADER_BYTES || lengths.payload > MAX_PAYLOAD_BYTES) {
      throw new Error(`Cannot read a frame: it claims ${lengths.header} and ${lengths.payload} bytes`);
    }
    return lengths;
  }
}

function parseHeader(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(bytes.toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Error("Cannot read a frame: its header is not an object");
  return value as Record<string, unknown>;
}
