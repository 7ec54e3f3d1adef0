import { InfraError } from "../../core/errors.ts";
import { isAllowed, type PathFilter } from "../../core/glob.ts";
import type { Export, ExportRequest, FileChange, PathRefusal } from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";
import { inTurns } from "../../core/turn.ts";
import type { Reply } from "./channel.ts";

const MAX_PATH_BYTES = 4096;

/** Refuses a path that no file can have, or that means something else inside a sandbox (`~`); null when the guest may resolve it. */
export function refusePath(path: string): PathRefusal | null {
  if (path === "") return { kind: "denied", message: "the path is empty" };
  if (path.includes("\0")) return { kind: "denied", message: "the path contains a NUL byte" };
  if (!isText(path)) return { kind: "denied", message: "the path is not valid text" };
  if (path === "~" || path.startsWith("~/")) return { kind: "outside" };
  if (Buffer.byteLength(path) >= MAX_PATH_BYTES) return { kind: "denied", message: "the path is too long" };
  return null;
}

/** Returns whether a path is relative without `..`, `.` or empty parts, so that it must stay below its folder. */
export function isPlainRelative(path: string): boolean {
  if (path.includes("\0") || !isText(path) || Buffer.byteLength(path) >= MAX_PATH_BYTES) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

// A lone surrogate cannot be encoded as UTF-8 and would come back as another character.
function isText(path: string): boolean {
  return Buffer.from(path).toString() === path;
}

// A part of a file; `offset` is where it begins in the file.
type Piece = readonly [path: string, length: number, executable: boolean, offset: number, kind: "file" | NonNullable<SourceFile["kind"]>];

/** Parts of files that are sent in one frame. */
export type Batch = { readonly pieces: readonly Piece[]; readonly payload: Buffer };

const MAX_PIECES = 500;

/** Packs files into batches of at most `maxBytes`: small ones together, large ones split. */
export function* batchFiles(files: readonly SourceFile[], maxBytes: number): Generator<Batch> {
  let pieces: Piece[] = [];
  let contents: Uint8Array[] = [];
  let room = maxBytes;
  for (const file of files) {
    // Once: to ask for it may read it.
    const { bytes } = file;
    let offset = 0;
    do {
      const part = bytes.subarray(offset, offset + room);
      pieces.push([file.path, part.length, file.executable, offset, file.kind ?? "file"]);
      contents.push(part);
      offset += part.length;
      room -= part.length;
      if (room > 0 && pieces.length < MAX_PIECES) continue;
      yield { pieces, payload: Buffer.concat(contents) };
      [pieces, contents, room] = [[], [], maxBytes];
    } while (offset < bytes.length);
  }
  if (pieces.length > 0) yield { pieces, payload: Buffer.concat(contents) };
}

/** Packs changes into one frame; null is the length of a file that is removed. */
export function packChanges(changes: readonly FileChange[]): {
  readonly pieces: readonly (readonly [path: string, length: number | null, modeOf: string | null])[];
  readonly payload: Buffer;
} {
  const pieces = changes.map((change) =>
    change.kind === "write" ? ([change.path, change.bytes.length, change.modeOf] as const) : ([change.path, null, null] as const),
  );
  return { pieces, payload: Buffer.concat(changes.flatMap((change) => (change.kind === "write" ? [change.bytes] : []))) };
}

/** Assembles the files of an export. The guest is not trusted: paths, rule and bounds are checked again; throws InfraError when it broke one. */
export async function collectExport(reply: Reply, filter: PathFilter, request: ExportRequest): Promise<Export> {
  const files: SourceFile[] = [];
  let chunks: Buffer[] = [];
  let totalBytes = 0;
  let open: Omit<SourceFile, "bytes"> | null = null;
  const finish = () => {
    if (open !== null) files.push({ ...open, bytes: Buffer.concat(chunks) });
    chunks = [];
  };
  for (const { header, payload } of reply.parts) {
    const path = header["file"];
    if (typeof path === "string") {
      finish();
      const kind = header["kind"];
      open = { path, executable: header["executable"] === true, ...(isKind(kind) ? { kind } : {}) };
    }
    chunks.push(payload);
    totalBytes += payload.length;
  }
  finish();
  const taken = files.filter(({ kind }) => kind !== "absent");
  let areAllowed = taken.length <= request.maxFiles && totalBytes <= request.maxBytes;
  await inTurns(files, ({ path }) => {
    areAllowed &&= isPlainRelative(path) && isAllowed(filter, path);
  });
  if (!areAllowed) throw new InfraError("sandbox", "Cannot export from the sandbox: its guest sent files that were not asked for");
  return { files, ...(reply.answer as Pick<Export, "refused" | "held" | "unnamed">) };
}

function isKind(kind: unknown): kind is NonNullable<SourceFile["kind"]> {
  return kind === "folder" || kind === "link" || kind === "absent";
}
