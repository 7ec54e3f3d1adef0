import { readFileSync } from "node:fs";
import { UserError } from "../core/errors.ts";

/** Reads a text file that a user wrote; throws UserError when it cannot be read or is not UTF-8. */
export function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`Cannot read "${path}": it is not UTF-8 text; save it as UTF-8`);
  }
}

/** Reads a file that a user wrote; throws UserError when it cannot be read. */
export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const state = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : `it cannot be opened (${code})`;
    throw new UserError(`Cannot read "${path}": ${state}; check the path`);
  }
}
