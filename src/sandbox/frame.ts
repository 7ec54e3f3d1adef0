import { ByteQueue } from "./byte-queue.ts";

/** One message between host and guest: a JSON object and the bytes that go with it. */
export type Frame = { readonly header: Readonly<Record<string, unknown>>; readonly payload: Buffer };

const lengthBytes = 8;
/** The largest header that either side accepts. */
export const maxHeaderBytes = 8 * 1024 * 1024;
/** The largest payload that either side accepts in one frame. */
export const maxPayloadBytes = 64 * 1024 * 1024;

/** Writes a frame: two big-endian 32-bit lengths, the header as JSON, the payload as it is. */
export function encodeFrame(header: Readonly<Record<string, unknown>>, payload: Uint8Array = new Uint8Array()): readonly Uint8Array[] {
  const text = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.alloc(lengthBytes);
  lengths.writeUInt32BE(text.length, 0);
  lengths.writeUInt32BE(payload.length, 4);
  const start = Buffer.concat([lengths, text]);
  return payload.length === 0 ? [start] : [start, payload];
}

/** Cuts a stream of bytes, however it was split, into frames. */
export class FrameDecoder {
  readonly #queue = new ByteQueue();
  #lengths: { readonly header: number; readonly payload: number } | null = null;

  /** Gives the frames that are whole now; throws Error when the bytes cannot be frames, after which the stream is of no use. */
  push(chunk: Buffer): readonly Frame[] {
    this.#queue.push(chunk);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame !== null; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | null {
    this.#lengths ??= this.#readLengths();
    if (this.#lengths === null || this.#queue.length < this.#lengths.header + this.#lengths.payload) return null;
    const header = parseHeader(this.#queue.take(this.#lengths.header));
    const payload = this.#queue.take(this.#lengths.payload);
    this.#lengths = null;
    return { header, payload };
  }

  #readLengths(): { readonly header: number; readonly payload: number } | null {
    if (this.#queue.length < lengthBytes) return null;
    const bytes = this.#queue.take(lengthBytes);
    const lengths = { header: bytes.readUInt32BE(0), payload: bytes.readUInt32BE(4) };
    if (lengths.header > maxHeaderBytes || lengths.payload > maxPayloadBytes) {
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
