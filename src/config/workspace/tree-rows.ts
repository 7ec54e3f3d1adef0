import type { Stamp } from "../../files/place.ts";

const HASH_BYTES = 32;
const NUMBER_BYTES = 8;
// Size, device, inode and two times; whether it is executable; the digest.
const STAMP_BYTES = 5 * NUMBER_BYTES + 1;

/** What one row takes. */
export const ROW_BYTES = STAMP_BYTES + HASH_BYTES;

// Clocks of file systems have steps of up to two seconds: what was changed so shortly before it was read may have been changed again within the same step.
const STEP_NS = 2_000_000_000n;

/** What the file system said of each file of a tree, and the SHA-256 of its bytes, in a row of bytes each: a tree can have hundreds of thousands of files. */
export class TreeRows {
  readonly bytes: Buffer;
  readonly #scratch = Buffer.alloc(ROW_BYTES);

  /** Makes empty rows, or takes rows that `bytes` of others are. */
  constructor(content: number | Buffer) {
    this.bytes = typeof content === "number" ? Buffer.alloc(content * ROW_BYTES) : content;
  }

  get count(): number {
    return this.bytes.length / ROW_BYTES;
  }

  set(number: number, stamp: Stamp, sha256: Uint8Array): void {
    const at = number * ROW_BYTES;
    writeStamp(this.bytes, at, stamp);
    this.bytes.set(sha256, at + STAMP_BYTES);
  }

  sizeBytes(number: number): number {
    return this.bytes.readDoubleLE(number * ROW_BYTES);
  }

  executable(number: number): boolean {
    return this.bytes.readUInt8(number * ROW_BYTES + STAMP_BYTES - 1) === 1;
  }

  sha256(number: number): Buffer {
    return this.bytes.subarray(number * ROW_BYTES + STAMP_BYTES, (number + 1) * ROW_BYTES);
  }

  /**
   * Checks whether a file is surely the one that was looked at: its stamp is the same, and it was not changed so shortly before `takenNs`, when the looking began, that a later
   * change could have the same times.
   */
  isSurely(number: number, stamp: Stamp, takenNs: bigint): boolean {
    writeStamp(this.#scratch, 0, stamp);
    const at = number * ROW_BYTES;
    return stamp.changedNs < takenNs - STEP_NS && this.#scratch.compare(this.bytes, at, at + STAMP_BYTES, 0, STAMP_BYTES) === 0;
  }
}

function writeStamp(bytes: Buffer, at: number, { sizeBytes, device, inode, modifiedNs, changedNs, executable }: Stamp): void {
  bytes.writeDoubleLE(sizeBytes, at);
  for (const [index, value] of [device, inode, modifiedNs, changedNs].entries())
    bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at + NUMBER_BYTES * (index + 1));
  bytes.writeUInt8(executable ? 1 : 0, at + STAMP_BYTES - 1);
}
