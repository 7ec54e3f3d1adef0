/** Messages between two processes: JSON prefixed with its length, over pipes that are read synchronously, with a bell to wake a process that is not waiting. */

import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";

const MAX_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 8;

/** Thrown when the other process has ended or sent something invalid. */
export class Gone extends Error {}

/** Sends and receives messages; `pipes` are descriptors: `in`, `out`, and for the bells `hear` and `ring`. */
export class Transport {
  #pipes;

  constructor(pipes) {
    this.#pipes = pipes;
  }

  /** Sends a message; `ring` wakes a process that is not waiting for one. */
  send(message, { ring }) {
    const body = Buffer.from(JSON.stringify(ring ? { ...message, rung: true } : message));
    if (body.length > MAX_BYTES) throw new RangeError(`a message of ${body.length} bytes is too large`);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(body.length));
    try {
      // The bell comes first: a message may be larger than a pipe's buffer, and is then only sent while the other side reads.
      if (ring) this.#write(this.#pipes.ring, Buffer.from("!"));
      this.#write(this.#pipes.out, Buffer.concat([head, body]));
    } catch (error) {
      throw new Gone("the solution's process has ended", { cause: error });
    }
  }

  #write(descriptor, bytes) {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  }

  /** Blocks until the next message. */
  receive() {
    const length = Number(this.#read(HEAD_BYTES).readBigUInt64BE());
    if (length > MAX_BYTES) throw new Gone("the solution's process sent an invalid message");
    const text = this.#read(length).toString();
    try {
      const message = JSON.parse(text);
      if (typeof message === "object" && message !== null) return message;
    } catch {
      // thrown below
    }
    throw new Gone("the solution's process sent an invalid message");
  }

  #read(count) {
    const bytes = Buffer.alloc(count);
    for (let done = 0; done < count; ) {
      const got = readSync(this.#pipes.in, bytes, done, count - done, null);
      if (got === 0) throw new Gone("the solution's process has ended");
      done += got;
    }
    return bytes;
  }

  /** Calls `heard` with the number of rings each time the bell is heard, and `ended` when the other process has ended. */
  listen({ heard, ended }) {
    const bell = new Socket({ fd: this.#pipes.hear, readable: true, writable: false });
    bell.on("data", (bytes) => heard(bytes.length));
    bell.on("close", ended);
    bell.on("error", ended);
  }
}
