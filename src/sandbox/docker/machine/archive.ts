import type { Readable } from "node:stream";
import { extract, type Pack, pack } from "tar-stream";
import type { SourceFile } from "../../../core/task.ts";

/** A folder to lay into a container: an absolute path, and the files in it. */
export type LaidFolder = { readonly folder: string; readonly files: readonly SourceFile[] };

const FOLDER_MODE = 0o755;
const OPEN_MODE = 0o777;
/** What tests leave behind: rewards, a report, and whatever else they write there. */
const MAX_FILES = 200;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;

/**
 * Packs folders for an engine that unpacks them at the root of a stopped container. A file at the place of a folder takes away whatever is there, a link or a full folder, and a
 * folder then takes the place of the file: nothing that is in the container is followed or kept. `parents` are folders that are replaced in the same way and stay empty;
 * `open` is a folder that every user may write to.
 */
export function packFolders(
  folders: readonly LaidFolder[],
  options: { readonly parents: readonly string[]; readonly open: string },
): Readable {
  const archive = pack();
  for (const path of options.parents) addFolder(archive, path, FOLDER_MODE);
  for (const { folder, files } of folders) {
    addFolder(archive, folder, folder === options.open ? OPEN_MODE : FOLDER_MODE);
    for (const { path, bytes, executable, kind } of files) {
      const name = `${nameOf(folder)}/${path}`;
      if (kind === "folder") archive.entry({ name, type: "directory", mode: FOLDER_MODE });
      else archive.entry({ name, mode: executable ? 0o755 : 0o644 }, Buffer.from(bytes));
    }
  }
  archive.finalize();
  return archive;
}

function addFolder(archive: Pack, folder: string, mode: number): void {
  archive.entry({ name: nameOf(folder), mode: 0o600 }, "");
  archive.entry({ name: nameOf(folder), type: "directory", mode });
}

function nameOf(folder: string): string {
  return folder.replace(/^\/+/, "");
}

/** Reads the plain files of a folder that an engine packed, without the folder's own name in their paths. What is larger, deeper than one folder, or beyond the bounds is left out. */
export function readPlainFiles(archive: Readable): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  let total = 0;
  return new Promise((resolve, reject) => {
    const entries = extract();
    const end = () => {
      archive.destroy();
      resolve(files);
    };
    entries.on("entry", ({ name, type, size = 0, mode = 0 }, content, next) => {
      total += size;
      if (total > MAX_ARCHIVE_BYTES) return end();
      const path = name.slice(name.indexOf("/") + 1);
      const isWanted = type === "file" && path !== "" && !path.includes("/") && size <= MAX_FILE_BYTES && files.length < MAX_FILES;
      const chunks: Buffer[] = [];
      content.on("data", (chunk: Buffer) => void (isWanted && chunks.push(chunk)));
      content.on("end", () => {
        if (isWanted) files.push({ path, bytes: Buffer.concat(chunks), executable: (mode & 0o100) !== 0 });
        next();
      });
    });
    entries.on("finish", end).on("error", reject);
    archive.on("error", reject).pipe(entries);
  });
}
