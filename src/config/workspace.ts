import { type Unchanging, unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { SourceFile } from "../core/task.ts";
import { readTree } from "../files/folder.ts";
import { type Place, shown } from "../files/place.ts";

const MEGABYTE = 1024 * 1024;
/** A sandbox keeps its workspace in memory, in pages of this size. */
const PAGE_BYTES = 4096;
const GIT = ".git";
const MAX_SHOWN = 200;

/**
 * Loads the workspace of a task. Throws UserError when it does not fit into the sandbox of the task, or when a git repository in it needs files from elsewhere: inside a
 * sandbox git would fail at it.
 */
export function loadWorkspace(folder: Place, workspaceMb: number): Unchanging {
  const room = { bytes: workspaceMb * MEGABYTE };
  const files = unchanging(shown(folder.path), () => checked(folder, room));
  if (room.bytes < 0)
    throw new UserError(
      `Cannot load "${shown(folder.path)}": its files need ${workspaceMb + Math.ceil(-room.bytes / MEGABYTE)} MB and the sandbox of the task has ${workspaceMb} MB for them; raise sandbox.workspace_mb in task.yaml`,
    );
  return files;
}

function* checked(folder: Place, room: { bytes: number }): Generator<SourceFile> {
  for (const file of readTree(folder)) {
    const fault = faultOfRepository(file);
    if (fault !== null)
      throw new UserError(
        `Cannot load "${shown(folder.path)}": the git repository in it needs ${fault}; put a whole repository there, as "git clone --no-local" makes it`,
      );
    room.bytes -= Math.ceil(file.bytes.length / PAGE_BYTES) * PAGE_BYTES;
    yield file;
  }
}

/** Says what a repository needs that is not in the workspace: the repository itself, or objects of another one. */
function faultOfRepository({ path, bytes }: SourceFile): string | null {
  const parts = path.split("/");
  const text = () => Buffer.from(bytes).toString().trim().slice(0, MAX_SHOWN);
  if (parts.at(-1) === GIT && bytes.length > 0) {
    const folder = text().replace(/^gitdir: */, "");
    return leadsOut(parts.slice(0, -1), folder) ? `"${shown(folder)}", where its ${shown(path)} leads` : null;
  }
  const isAlternates = path === `${GIT}/objects/info/alternates` || path.endsWith(`/${GIT}/objects/info/alternates`);
  return isAlternates && bytes.length > 0 ? `objects of another one, "${shown(text())}"` : null;
}

function leadsOut(from: readonly string[], path: string): boolean {
  if (path.startsWith("/")) return true;
  let depth = from.length;
  return path.split("/").some((part) => {
    depth += part === ".." ? -1 : part === "" || part === "." ? 0 : 1;
    return depth < 0;
  });
}
