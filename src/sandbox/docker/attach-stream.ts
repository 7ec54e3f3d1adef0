import { ByteQueue } from "../channel/byte-queue.ts";
import type { OutputChunk, OutputDecoder } from "../channel/channel.ts";

const HEADER_BYTES = 8;

/** Separates standard output and error of a container, which the Docker engine sends over one connection with headers of 8 bytes. */
export class AttachDecoder implements OutputDecoder {
  readonly #queue = new ByteQueue();
  #stream: OutputChunk["stream"] = "stdout";
  #remaining = 0;

  /** Returns what has arrived, in order; a piece may be part of one write. */
  push(chunk: Buffer): readonly OutputChunk[] {
    this.#queue.push(chunk);
    const chunks: OutputChunk[] = [];
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
