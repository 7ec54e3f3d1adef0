import { createHmac, timingSafeEqual } from "node:crypto";

/** Length of the key that the two ends of a channel share, and of the seal on each frame, in bytes. */
export const KEY_BYTES = 32;
export const SEAL_BYTES = 16;

/**
 * Seals the frames that go one way over a channel: HMAC-SHA256 (RFC 2104) over direction, number and content, cut to 128 bits.
 *
 * Where a runtime lets what runs inside get hold of the channel itself, it can disturb the channel, but say nothing in the name of either end:
 * no frame can be made up, changed, repeated or left out.
 */
export class Seal {
  readonly #key: Uint8Array;
  readonly #from: "host" | "guest";
  #count = 0;

  constructor(key: Uint8Array, from: "host" | "guest") {
    this.#key = key;
    this.#from = from;
  }

  /** Gives the seal of the next frame that goes this way. */
  next(...parts: readonly Uint8Array[]): Buffer {
    const hmac = createHmac("sha256", this.#key).update(`${this.#from} ${this.#count++}\n`);
    for (const part of parts) hmac.update(part);
    return hmac.digest().subarray(0, SEAL_BYTES);
  }

  /** Throws Error when a frame does not bear the next seal. */
  check(found: Uint8Array, ...parts: readonly Uint8Array[]): void {
    if (!timingSafeEqual(this.next(...parts), found)) throw new Error("Cannot read a frame: its seal is broken");
  }
}
