/** Messages between two processes: JSON prefixed with its length, over pipes that are read synchronously, with a bell to wake a process that is not waiting. */

import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import { Invalid, MAX_BYTES } from "./vocabulary.mjs";

const HEAD_BYTES = 8;
const { parse, stringify } = JSON;

/** Thrown when the other process has ended. */
export class Gone extends Error {}

/** Sends and receives messages; `pipes` are descriptors: `in`, `out`, and for the bells `hear` and `ring`. */
export class Transport {
  #pipes;
  #bell = null;

  constructor(pipes) {
    this.#pipes = pipes;
  }

  /** Sends a message: an array. With `ring` the other side is woken first, which it must be when it is not waiting for a message. Throws RangeError when it is too large. */
  send(message, { ring }) {
    const body = Buffer.from(stringify([ring ? 1 : 0, ...message]));
    if (body.length > MAX_BYTES) throw new RangeError(`it takes ${body.length} bytes, more than ${MAX_BYTES}`);
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeBigUInt64BE(BigInt(body.length));
    try {
      // The bell comes first: a message may be larger than a pipe's buffer, and is then only sent while the other side reads.
      if (ring) write(this.#pipes.ring, Buffer.from("!"));
      write(this.#pipes.out, body.length > 65_536 ? head : Buffer.concat([head, body]));
      if (body.length > 65_536) write(this.#pipes.out, body);
    } catch (error) {
      throw new Gone("the solution's process has ended", { cause: error });
    }
  }

  /** Blocks until the next message; returns whether the bell was rung for it, and the message. Throws Invalid, or Gone at the end. */
  receive() {
    const length = this.#read(HEAD_BYTES).readBigUInt64BE();
    if (length > BigInt(MAX_BYTES)) throw new Invalid("the solution's process sent a message that is too large");
    const text = this.#read(Number(length)).toString();
    let message;
    try {
      message = parse(text);
    } catch (error) {
      throw new Invalid("the solution's process sent a message that is not JSON", { cause: error });
    }
    if (!Array.isArray(message) || (message[0] !== 0 && message[0] !== 1)) throw new Invalid("the solution's process sent no message");
    return { rung: message[0] === 1, message: message.slice(1) };
  }

  #read(count) {
    const bytes = Buffer.allocUnsafe(count);
    for (let done = 0; done < count; ) {
      const got = readSync(this.#pipes.in, bytes, done, count - done, null);
      if (got === 0) throw new Gone("the solution's process has ended");
      done += got;
    }
    return bytes;
  }

  /** Calls `heard` with the number of rings each time the bell is heard, and `ended` when the other process has ended. Keeps the process alive until `rest`. */
  listen({ heard, ended }) {
    this.#bell = new Socket({ fd: this.#pipes.hear, readable: true, writable: false });
    this.#bell.on("data", (bytes) => heard(bytes.length));
    this.#bell.on("close", ended);
    this.#bell.on("error", ended);
  }

  /** Says whether this process has to stay alive to hear the bell. */
  keepAwake(isAwake) {
    if (isAwake) this.#bell?.ref();
    else this.#bell?.unref();
  }
}

function write(descriptor, bytes) {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}
