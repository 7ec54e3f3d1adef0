import { readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { UserError } from "../core/errors.ts";
import { inMb, MAX_LINE_BYTES, MAX_LINES, MAX_LINES_BYTES } from "./bounds.ts";
import { notText, type OpenFile, tooLarge, withPlainFile } from "./file.ts";
import { type Place, shown } from "./place.ts";

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;
const GZIP_BEGINS = Buffer.from([0x1f, 0x8b]);

/**
 * Passes on the lines of a text file one by one, counted from 1, so that only one of them is in memory; of a file compressed with gzip, all of it. Throws UserError when the
 * file cannot be read, is not a plain file, is (also once it is unpacked) larger than MAX_LINES_BYTES, has more than MAX_LINES lines or one longer than MAX_LINE_BYTES, is
 * damaged, or is not UTF-8.
 */
export function eachLine(place: Place, use: (text: string, line: number) => void): void {
  withPlainFile(place, MAX_LINES_BYTES, (file) => {
    let line = 0;
    for (const bytes of linesOf(place, unpacked(place, file))) {
      if (++line > MAX_LINES)
        throw new UserError(`Cannot read "${shown(place.path)}": it has more than ${MAX_LINES} lines; split it into several files`);
      use(textOf(place, bytes), line);
    }
  });
}

function* linesOf(place: Place, chunks: Iterable<Buffer>): Generator<Buffer> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]);
      [begun, begunBytes, start] = [[], 0, end + 1];
    }
    begunBytes += chunk.length - start;
    if (begunBytes > MAX_LINE_BYTES)
      throw new UserError(`Cannot read "${shown(place.path)}": it has a line of more than ${inMb(MAX_LINE_BYTES)}; shorten or remove it`);
    begun.push(Buffer.from(chunk.subarray(start)));
  }
  yield Buffer.concat(begun);
}

// Whether a file is compressed is told by its first two bytes, which no text begins with: the second of them cannot stand there in UTF-8.
function* unpacked(place: Place, file: OpenFile): Generator<Buffer> {
  const packed: Buffer[] = [];
  for (const chunk of chunksOf(place, file)) {
    if (packed.length > 0 || chunk.subarray(0, 2).equals(GZIP_BEGINS)) packed.push(Buffer.from(chunk));
    else yield chunk;
  }
  if (packed.length > 0) yield* piecesOf(gunzip(place, Buffer.concat(packed)));
}

// The buffer is used again for the next chunk.
function* chunksOf(place: Place, { descriptor }: OpenFile): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let total = 0;
  for (;;) {
    const chunk = buffer.subarray(0, readSync(descriptor, buffer, 0, CHUNK_BYTES, null));
    total += chunk.length;
    if (total > MAX_LINES_BYTES) throw tooLarge(place, MAX_LINES_BYTES);
    if (chunk.length === 0) return;
    yield chunk;
  }
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) yield bytes.subarray(start, start + CHUNK_BYTES);
}

function gunzip(place: Place, packed: Buffer): Buffer {
  try {
    return gunzipSync(packed, { maxOutputLength: MAX_LINES_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw new UserError(`Cannot read "${shown(place.path)}": it holds more than ${inMb(MAX_LINES_BYTES)}; split it into several files`);
    throw new UserError(`Cannot read "${shown(place.path)}": its compressed data is damaged (${code}); make or download it again`, {
      cause: error,
    });
  }
}

function textOf(place: Place, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(place);
  }
}
