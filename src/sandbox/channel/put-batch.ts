import type { SourceFile } from "../../core/task.ts";

/** A part of a file: path, length in bytes, whether it can be executed, and where in the file the part begins. */
type Piece = readonly [path: string, length: number, executable: boolean, offset: number];

/** Pieces that travel in one frame. */
export type Batch = { readonly pieces: readonly Piece[]; readonly payload: Buffer };

const MAX_PIECES = 500;

/** Packs files into batches of bounded size: small ones together, large ones cut. */
export function* batchFiles(files: readonly SourceFile[], maxBytes: number): Generator<Batch> {
  let pieces: Piece[] = [];
  let contents: Uint8Array[] = [];
  let room = maxBytes;
  for (const file of files) {
    let offset = 0;
    do {
      const part = file.bytes.subarray(offset, offset + room);
      pieces.push([file.path, part.length, file.executable, offset]);
      contents.push(part);
      offset += part.length;
      room -= part.length;
      if (room > 0 && pieces.length < MAX_PIECES) continue;
      yield { pieces, payload: Buffer.concat(contents) };
      [pieces, contents, room] = [[], [], maxBytes];
    } while (offset < file.bytes.length);
  }
  if (pieces.length > 0) yield { pieces, payload: Buffer.concat(contents) };
}
