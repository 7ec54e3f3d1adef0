import { createHmac, timingSafeEqual } from "node:crypto";
import { ByteQueue } from "./byte-queue.ts";

/** One message between harness and guest: a JSON object and the bytes that belong to it. */
export type Frame = { readonly header: Readonly<Record<string, unknown>>; readonly payload: Buffer };

const LENGTH_BYTES = 8;
/**
 * The largest header that either side accepts.
 *
 * @internal
 */
export const MAX_HEADER_BYTES = 8 * 1024 * 1024;
/**
 * The largest payload that either side accepts in one frame.
 *
 * @internal
 */
export const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

const EMPTY = new Uint8Array();

/** Length of the key that both ends of a channel share, in bytes. */
export const KEY_BYTES = 32;
const SEAL_BYTES = 16;

/**
 * Authenticates the frames of one direction of a channel: HMAC-SHA256 (RFC 2104) over direction, number and content, cut to 128 bits.
 *
 * Some runtimes let programs inside a sandbox open the channel itself. These can break the channel, but not speak for either end:
 * no frame can be forged, changed, repeated or left out.
 */
export class Seal {
  readonly #key: Uint8Array;
  readonly #from: "host" | "guest";
  #count = 0;

  constructor(key: Uint8Array, from: "host" | "guest") {
    this.#key = key;
    this.#from = from;
  }

  /** Computes the seal of the next frame. */
  next(...parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac("sha256", this.#key).update(`${this.#from} ${this.#count++}\n`);
    for (const part of parts) hmac.update(part);
    return hmac.digest().subarray(0, SEAL_BYTES);
  }

  /** Throws Error when a frame does not have the next seal. */
  check(found: Uint8Array, ...parts: readonly Uint8Array[]): void {
    if (!timingSafeEqual(this.next(...parts), found)) throw new Error("Cannot read a frame: its seal is wrong");
  }
}

/** Encodes a frame: two big-endian 32-bit lengths, the seal of everything else, the header as JSON, the payload as it is. */
export function encodeFrame(seal: Seal, header: Readonly<Record<string, unknown>>, payload: Uint8Array = EMPTY): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(LENGTH_BYTES);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(payload.length, 4);
  const start = Buffer.concat([lengths, seal.next(lengths, text, payload), text]);
  return payload.length === 0 ? [start] : [start, payload];
}

type Lengths = { readonly bytes: Uint8Array; readonly header: number; readonly payload: number };

/** Splits a stream of bytes into frames, whatever chunks it arrives in. */
export class FrameDecoder {
  readonly #queue = new ByteQueue();
  readonly #seal: Seal;
  #lengths: Lengths | null = null;

  constructor(seal: Seal) {
    this.#seal = seal;
  }

  /** Returns the frames that are complete now; throws Error when the bytes cannot be frames, after which the stream is unusable. */
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
