import { ByteQueue } from "../channel/byte-queue.ts";

/** A piece of what a container wrote. */
type AttachedChunk = { readonly stream: "stdout" | "stderr"; readonly bytes: Buffer };

/** Tells whether what arrives over a connection is the guest speaking or in distress. */
export type OutputDecoder = { readonly push: (chunk: Buffer) => readonly AttachedChunk[] };

/** For a connection that carries nothing but what the guest says. */
export const plainOutput: OutputDecoder = { push: (bytes) => [{ stream: "stdout", bytes }] };

const HEADER_BYTES = 8;

/** Parts the two outputs of a container that the Docker engine sends over one connection. */
export class AttachDecoder {
  readonly #queue = new ByteQueue();
  #stream: AttachedChunk["stream"] = "stdout";
  #remaining = 0;

  /** Gives what has arrived, in order; a piece may be part of what was written at once. */
  push(chunk: Buffer): readonly AttachedChunk[] {
    this.#queue.push(chunk);
    const chunks: AttachedChunk[] = [];
    while (this.#startNext()) {
      const bytes = this.#queue.take(Math.min(this.#remaining, this.#queue.length));
      this.#remaining -= bytes.length;
      chunks.push({ stream: this.#stream, bytes });
    }
    return chunks;
  }

  /** Reads headers until there is content to take. */
  #startNext(): boolean {
    while (this.#remaining === 0) {
      if (this.#queue.length < HEADER_BYTES) return false;
      const header = this.#queue.take(HEADER_BYTES);
      this.#stream = header[0] === 2 ? "stderr" : "stdout";
      this.#remaining = header.readUInt32BE(4);
    }
    return this.#queue.length > 0;
  }
}
