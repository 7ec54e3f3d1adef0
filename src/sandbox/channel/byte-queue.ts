/** Buffers chunks as they arrive and returns them in pieces of any length, copying only pieces that span chunks. */
export class ByteQueue {
  readonly #chunks: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
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
    const first = this.#chunks.shift() ?? Buffer.alloc(0);
    if (first.length <= maxBytes) return first;
    this.#chunks.unshift(first.subarray(maxBytes));
    return first.subarray(0, maxBytes);
  }
}
