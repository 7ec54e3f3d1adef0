/** Messages between two processes: JSON behind its length over pipes that are read where one waits, with a bell for one that does not. */

import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";

const MAX_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 8;

/** Thrown when the other process has ended, or says what cannot be understood. */
export class Gone extends Error {}

/** `pipes` are descriptors: `in`, `out`, and for the bells `hear` and `ring`. */
export class Wire {
  #pipes;

  constructor(pipes) {
    this.#pipes = pipes;
  }

  /** Sends a message; `ring` wakes up a process that is not waiting for one. */
  send(message, { ring }) {
    const body = Buffer.from(JSON.stringify(ring ? { ...message, rung: true } : message));
    if (body.length > MAX_BYTES) throw new RangeError(`${body.length} bytes are too many to cross at once`);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(body.length));
    try {
      // The bell comes first: a message may be larger than what a pipe takes before somebody reads.
      if (ring) this.#write(this.#pipes.ring, Buffer.from("!"));
      this.#write(this.#pipes.out, Buffer.concat([head, body]));
    } catch (error) {
      throw new Gone("the process of the solution has ended", { cause: error });
    }
  }

  #write(descriptor, bytes) {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  }

  /** Waits for the next message, whatever else there would be to do. */
  receive() {
    const length = Number(this.#read(HEAD_BYTES).readBigUInt64BE());
    if (length > MAX_BYTES) throw new Gone("the process of the solution sends what is no message");
    const text = this.#read(length).toString();
    try {
      const message = JSON.parse(text);
      if (typeof message === "object" && message !== null) return message;
    } catch {
      // told below
    }
    throw new Gone("the process of the solution sends what is no message");
  }

  #read(count) {
    const bytes = Buffer.alloc(count);
    for (let done = 0; done < count; ) {
      const got = readSync(this.#pipes.in, bytes, done, count - done, null);
      if (got === 0) throw new Gone("the process of the solution has ended");
      done += got;
    }
    return bytes;
  }

  /** Tells how often the bell was rung, each time it is heard, and when the other process has gone. */
  listen({ heard, ended }) {
    const bell = new Socket({ fd: this.#pipes.hear, readable: true, writable: false });
    bell.on("data", (bytes) => heard(bytes.length));
    bell.on("close", ended);
    bell.on("error", ended);
  }
}
