import { InfraError } from "../../core/errors.ts";
import { isAllowed, type PathFilter } from "../../core/glob.ts";
import type { Export, ExportRequest } from "../../core/sandbox.ts";
import type { SourceFile } from "../../core/task.ts";
import { isPlainRelative } from "../path.ts";
import type { Reply } from "./channel.ts";

/** Puts together the files of an export, believing none of what the guest was told to check: paths, rule and bounds are checked again. */
export function collectExport(reply: Reply, filter: PathFilter, request: ExportRequest): Export {
  const files: SourceFile[] = [];
  let chunks: Buffer[] = [];
  let totalBytes = 0;
  let open: { readonly path: string; readonly executable: boolean } | null = null;
  const finish = () => {
    if (open !== null) files.push({ ...open, bytes: Buffer.concat(chunks) });
    chunks = [];
  };
  for (const { header, payload } of reply.parts) {
    const path = header["file"];
    if (typeof path === "string") {
      finish();
      open = { path, executable: header["executable"] === true };
    }
    chunks.push(payload);
    totalBytes += payload.length;
  }
  finish();
  const isWithin = files.length <= request.maxFiles && totalBytes <= request.maxBytes;
  const areAllowed = files.every((file) => isPlainRelative(file.path) && isAllowed(filter, file.path));
  if (!isWithin || !areAllowed) throw new InfraError("sandbox", "Cannot export from the sandbox: its guest sent what it must not");
  return { files, refused: reply.answer["refused"] as Export["refused"] };
}
