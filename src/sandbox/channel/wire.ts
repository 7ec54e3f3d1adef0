import { Duplex } from "node:stream";

/** How many bytes either side may send before the other has room again; `wire.py` has the same number. */
const WINDOW_BYTES = 128 * 1024;
const PIECE_BYTES = 64 * 1024;
/** Room is given back in pieces of this size, or each read would be a frame. */
const REPORT_BYTES = WINDOW_BYTES / 4;

/** What one end of a connection tells the other. */
type WireEvent =
  | { readonly event: "data" }
  | { readonly event: "room"; readonly bytes: number }
  | { readonly event: "end" }
  | { readonly event: "close" };

/** Sends an event of a connection to the guest. */
export type SendWireEvent = (event: WireEvent, payload?: Uint8Array) => void;

/**
 * A connection that a program inside the sandbox opened, as a stream of the host. What the program sends waits in the sandbox while nobody
 * reads it here, and what is written here waits while the program does not read it.
 */
export class Wire extends Duplex {
  readonly #send: SendWireEvent;
  readonly #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  #isWanted = false;
  #hasEnded = false;
  #hasSentEnd = false;
  #readBytes = 0;
  #room = WINDOW_BYTES;
  #waiting: (() => void) | null = null;
  #isOpenInside = true;

  constructor(send: SendWireEvent) {
    super({ allowHalfOpen: true });
    this.#send = send;
  }

  /** Takes bytes that arrived from the program. Throws Error when there are more than it had room for. */
  arrived(bytes: Buffer): void {
    if (this.destroyed) return;
    this.#arrivedBytes += bytes.length;
    if (this.#hasEnded || this.#arrivedBytes > WINDOW_BYTES) throw new Error("a connection brought more than there was room for");
    this.#arrived.push(bytes);
    this.#pass();
  }

  /** Learns that the program sends no more. */
  ended(): void {
    this.#hasEnded = true;
    this.#pass();
  }

  /** Learns that the program has read. */
  hasRoom(bytes: number): void {
    this.#room += bytes;
    const go = this.#waiting;
    this.#waiting = null;
    go?.();
  }

  /** Learns that the connection is gone inside. */
  broken(error: Error): void {
    this.#isOpenInside = false;
    this.destroy(error);
  }

  override _read(): void {
    this.#isWanted = true;
    this.#pass();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#room === 0) {
      this.#waiting = () => this._write(chunk, _encoding, done);
      return;
    }
    const piece = chunk.subarray(0, Math.min(this.#room, PIECE_BYTES));
    this.#room -= piece.length;
    this.#send({ event: "data" }, piece);
    if (piece.length === chunk.length) done();
    else this._write(chunk.subarray(piece.length), _encoding, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#hasSentEnd = true;
    this.#send({ event: "end" });
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#arrived.length = 0;
    this.#waiting = null;
    // One that ended in both directions may still bring what was written to the program; it closes itself then.
    const isDone = this.#hasEnded && this.#hasSentEnd;
    if (this.#isOpenInside && !isDone) this.#send({ event: "close" });
    this.#isOpenInside = false;
    done(error);
  }

  #pass(): void {
    while (this.#isWanted && this.#arrived.length > 0) {
      const bytes = this.#arrived.shift() as Buffer;
      this.#arrivedBytes -= bytes.length;
      this.#readBytes += bytes.length;
      this.#isWanted = this.push(bytes);
    }
    if (this.#hasEnded && this.#arrived.length === 0 && !this.readableEnded) this.push(null);
    if (this.#readBytes < REPORT_BYTES || this.#hasEnded) return;
    this.#send({ event: "room", bytes: this.#readBytes });
    this.#readBytes = 0;
  }
}
