import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import { inMb, MAX_TEXT_BYTES, MAX_TEXTS_BYTES, Oversized } from "./bounds.ts";
import { type Kind, kindOf, kindOfStatus, linkFault, type Place, shown } from "./place.ts";

const READING = { action: "read", wanted: "file" } as const;

/** Reads a text file of at most MAX_TEXT_BYTES; throws UserError when it cannot be read, is not a plain file, is larger or not UTF-8, or when the texts below the folder that was named hold more than MAX_TEXTS_BYTES. */
export function readText(place: Place): string {
  const bytes = readBytes(place, MAX_TEXT_BYTES);
  place.texts.bytesLeft -= bytes.length;
  if (place.texts.bytesLeft < 0)
    throw new UserError(
      `Cannot read "${shown(place.path)}": the texts in "${shown(place.named)}" hold more than ${inMb(MAX_TEXTS_BYTES)} together; split the folder`,
    );
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(place);
  }
}

/** Reads a file of at most `maxBytes`; throws UserError when it cannot be read, is not a plain file or is larger. */
export function readBytes(place: Place, maxBytes: number): Buffer {
  return readPlain(place, maxBytes).bytes;
}

/** Reads a file of at most `maxBytes`, and whether its owner may execute it. Throws UserError like `readBytes`. */
export function readPlain(place: Place, maxBytes: number): { readonly bytes: Buffer; readonly executable: boolean } {
  return withPlainFile(place, maxBytes, (file) => ({ bytes: readAll(place, file, maxBytes), executable: file.executable }));
}

/** An open plain file. Its size is what the file system says: files of `/proc` say 0 and hold more. */
export type OpenFile = { readonly descriptor: number; readonly sizeBytes: number; readonly executable: boolean };

/**
 * Opens a plain file, passes it on and closes it. What is there is looked at before it is opened, since opening a device can have effects, and again once it is open.
 * Throws UserError when the file cannot be opened, is not a plain file, or says that it is larger than `maxBytes`.
 */
export function withPlainFile<Result>(place: Place, maxBytes: number, use: (file: OpenFile) => Result): Result {
  requireFile(place, kindOf(place, READING));
  const descriptor = open(place);
  try {
    const status = fstatSync(descriptor);
    requireFile(place, kindOfStatus(status));
    if (status.size > maxBytes) throw tooLarge(place, maxBytes);
    return use({ descriptor, sizeBytes: status.size, executable: (status.mode & 0o100) !== 0 });
  } catch (error) {
    throw systemFault(place, error);
  } finally {
    closeSync(descriptor);
  }
}

/** A part of a plain file, with what the file system says of the whole. */
export type FilePiece = { readonly bytes: Uint8Array; readonly sizeBytes: number; readonly executable: boolean };

const PIECE_BYTES = 4 * 1024 * 1024;

/** Makes memory for the pieces of many files that are looked at one after the other. */
export function pieceMemory(): Buffer {
  return Buffer.allocUnsafeSlow(PIECE_BYTES);
}

/**
 * Reads a file of at most `maxBytes` in pieces of some megabytes; an empty file is one piece. With `memory`, each piece is there only until the next is asked for. Throws
 * UserError like `readBytes`.
 */
export function* piecesOf(place: Place, maxBytes: number, memory: Buffer | null = null): Generator<FilePiece> {
  for (let position = 0; ; ) {
    const piece = withPlainFile(place, maxBytes, ({ descriptor, sizeBytes, executable }) => {
      const wanted = Math.max(0, Math.min(PIECE_BYTES, sizeBytes - position));
      const bytes = memory?.subarray(0, wanted) ?? Buffer.allocUnsafeSlow(wanted);
      const length = bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, position);
      return { bytes: bytes.subarray(0, length), sizeBytes, executable };
    });
    yield piece;
    position += piece.bytes.length;
    if (position >= piece.sizeBytes || piece.bytes.length === 0) return;
  }
}

/** Reads a text that belongs to this program. */
export function readOwnText(file: URL): string {
  return readFileSync(file, "utf8");
}

/** Makes the error for a file that is larger than `maxBytes`. */
export function tooLarge(place: Place, maxBytes: number): Oversized {
  return new Oversized(`Cannot read "${shown(place.path)}": it is larger than ${inMb(maxBytes)}; make it smaller`);
}

/** Makes the error for a file that is not text. */
export function notText(place: Place): UserError {
  return new UserError(`Cannot read "${shown(place.path)}": it is not UTF-8 text; save it as UTF-8`);
}

// A link is not followed even if it came into being after the look at it, and a FIFO that did so is opened without waiting for a writer.
function open(place: Place): number {
  try {
    return openSync(place.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw systemFault(place, error);
  }
}

function requireFile(place: Place, kind: Kind): void {
  if (kind === "file") return;
  if (kind === "link") throw linkFault(place, place.path, READING);
  const advice = kind === "nothing" || kind === "folder" ? "check the path" : "put a plain file there";
  throw new UserError(`Cannot read "${shown(place.path)}": ${kind === "nothing" ? "there is no such file" : `it is a ${kind}`}; ${advice}`);
}

function systemFault(place: Place, error: unknown): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (!/^E[A-Z]+$/.test(code ?? "")) return error as Error;
  if (code === "ELOOP") return linkFault(place, place.path, READING);
  return new UserError(`Cannot read "${shown(place.path)}": it cannot be opened (${code}); check the path and its permissions`);
}

// Reads until the end, which is where the file system says that it is or elsewhere, or one byte beyond the bound.
function readAll(place: Place, { descriptor, sizeBytes }: OpenFile, maxBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(sizeBytes + 1);
  let length = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null);
    length += count;
    if (length > maxBytes) throw tooLarge(place, maxBytes);
    if (count === 0 || length === sizeBytes) return buffer.subarray(0, length);
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(maxBytes + 1, buffer.length + 65_536));
  }
}
