import type { Sandbox } from "../../../core/sandbox.ts";
import { failed, type ToolOutcome } from "./outcome.ts";
import { refusalOutcome, refusePath } from "./path.ts";

/** The largest file that write_file and edit_file write, in bytes. */
export const MAX_WRITE_BYTES = 1024 * 1024;

const BINARY_PROBE_BYTES = 8 * 1024;

/** A file of the workspace with its canonical path, or the error for the model. */
export type OpenedFile =
  | { readonly kind: "opened"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly outcome: ToolOutcome };

/** Reads a text file of the workspace; a file with a NUL in its first 8 KiB is not text. */
export async function openTextFile(sandbox: Sandbox, path: string, maxBytes: number): Promise<OpenedFile> {
  const refused = refusePath(path);
  if (refused !== null) return { kind: "failed", outcome: refused };
  const read = await sandbox.readFile({ path, root: sandbox.workspace }, maxBytes);
  if (read.kind !== "read") return { kind: "failed", outcome: refusalOutcome(path, read, sandbox.workspace) };
  if (read.bytes.subarray(0, BINARY_PROBE_BYTES).includes(0)) {
    return { kind: "failed", outcome: failed("binary_file", `'${path}' is not a text file.`) };
  }
  return { kind: "opened", path: read.path, bytes: read.bytes };
}

/** Splits text with LF line ends into its lines; a final newline does not start another line. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}
