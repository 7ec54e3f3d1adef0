import { readSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import { inMb, MAX_LINE_BYTES, MAX_LINES, MAX_LINES_BYTES } from "./bounds.ts";
import { notText, type OpenFile, tooLarge, withPlainFile } from "./file.ts";
import { type Place, shown } from "./place.ts";

const CHUNK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/**
 * Passes on the lines of a text file one by one, counted from 1, so that only one of them is in memory. Throws UserError when the file cannot be read, is not a plain
 * file, is larger than MAX_LINES_BYTES, has more than MAX_LINES lines or one longer than MAX_LINE_BYTES, or is not UTF-8.
 */
export function eachLine(place: Place, use: (text: string, line: number) => void): void {
  withPlainFile(place, MAX_LINES_BYTES, (file) => {
    let line = 0;
    for (const bytes of linesOf(place, file)) {
      if (++line > MAX_LINES)
        throw new UserError(`Cannot read "${shown(place.path)}": it has more than ${MAX_LINES} lines; split it into several files`);
      use(textOf(place, bytes), line);
    }
  });
}

function* linesOf(place: Place, { descriptor }: OpenFile): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let total = 0;
  for (;;) {
    const chunk = buffer.subarray(0, readSync(descriptor, buffer, 0, CHUNK_BYTES, null));
    total += chunk.length;
    if (total > MAX_LINES_BYTES) throw tooLarge(place, MAX_LINES_BYTES);
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]);
      [begun, begunBytes, start] = [[], 0, end + 1];
    }
    if (chunk.length === 0) break;
    begunBytes += chunk.length - start;
    if (begunBytes > MAX_LINE_BYTES)
      throw new UserError(`Cannot read "${shown(place.path)}": it has a line of more than ${inMb(MAX_LINE_BYTES)}; shorten or remove it`);
    begun.push(Buffer.from(chunk.subarray(start)));
  }
  yield Buffer.concat(begun);
}

function textOf(place: Place, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw notText(place);
  }
}
