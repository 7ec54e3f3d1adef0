// Smaller chunks are copied together: one of a single byte would take a hundred times its length.
const SMALL_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;
// Taken chunks are forgotten in batches, because removing the first of a long list moves all others.
const MAX_TAKEN = 1024;

/** Buffers chunks as they arrive and returns them in pieces of any length, in time and memory that grow with the bytes, however small the chunks are. */
export class ByteQueue {
  #chunks: Buffer[] = [];
  /** Index of the first chunk that is not taken. */
  #first = 0;
  #length = 0;
  /** Where small chunks are copied to; the end of the last chunk when that is a part of it. */
  #block: Buffer = Buffer.alloc(0);
  #blockEnd = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#length += chunk.length;
    if (chunk.length < SMALL_BYTES) this.#pushSmall(chunk);
    else {
      this.#chunks.push(chunk);
      this.#blockEnd = this.#block.length;
    }
  }

  #pushSmall(chunk: Buffer): void {
    const last = this.#first < this.#chunks.length ? this.#chunks.at(-1) : undefined;
    const start = this.#blockEnd;
    if (last !== undefined && start > 0 && start + chunk.length <= this.#block.length) {
      chunk.copy(this.#block, start);
      this.#blockEnd += chunk.length;
      this.#chunks[this.#chunks.length - 1] = this.#block.subarray(start - last.length, this.#blockEnd);
      return;
    }
    this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    this.#blockEnd = chunk.copy(this.#block);
    this.#chunks.push(this.#block.subarray(0, this.#blockEnd));
  }

  /** Removes and returns the next bytes; throws RangeError, a bug of the caller, when there are fewer. */
  take(count: number): Buffer {
    if (count > this.#length) throw new RangeError(`Cannot take ${count} bytes: the queue holds ${this.#length}`);
    const pieces: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      const piece = this.#takeFirst(missing);
      pieces.push(piece);
      missing -= piece.length;
    }
    this.#length -= count;
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, count);
  }

  #takeFirst(maxBytes: number): Buffer {
    const first = this.#chunks[this.#first] ?? Buffer.alloc(0);
    if (first.length > maxBytes) {
      this.#chunks[this.#first] = first.subarray(maxBytes);
      return first.subarray(0, maxBytes);
    }
    this.#first += 1;
    if (this.#first > MAX_TAKEN || this.#first === this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    return first;
  }
}
