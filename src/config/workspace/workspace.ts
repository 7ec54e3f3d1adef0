import { type Unchanging, unchanging } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import type { LargeTree } from "../../core/large-tree.ts";
import type { SourceFile } from "../../core/task.ts";
import { Oversized } from "../../files/bounds.ts";
import { readTree } from "../../files/folder.ts";
import { type Place, shown } from "../../files/place.ts";
import { loadLargeTree, recallLargeTree } from "./large-tree.ts";
import type { TreeRecords } from "./tree-record.ts";

const MEGABYTE = 1024 * 1024;
/** A sandbox keeps its workspace in memory, in pages of this size. */
const PAGE_BYTES = 4096;
const GIT = ".git";
const MAX_SHOWN = 200;

/** The workspace of a task: what reads its files, and their digest; `tree` where it is a large one. */
export type Workspace = Unchanging & { readonly tree?: LargeTree };

/**
 * Loads the workspace of a task, which with `records` remembers the digests of large ones elsewhere than in this user's cache; one that is too large to be held in memory becomes a tree. Throws UserError when it does not fit into the sandbox of the task, or when a git
 * repository in it needs files from elsewhere: inside a sandbox git would fail at it.
 */
export function loadWorkspace(folder: Place, workspaceMb: number, records?: TreeRecords): Workspace {
  const room = { bytes: workspaceMb * MEGABYTE };
  const workspace = loadEither(folder, room, records);
  const bytesLeft = workspace.tree === undefined ? room.bytes : (workspaceMb - workspace.tree.megabytes) * MEGABYTE;
  if (bytesLeft < 0)
    throw new UserError(
      `Cannot load "${shown(folder.path)}": its files need ${workspaceMb + Math.ceil(-bytesLeft / MEGABYTE)} MB and the sandbox of the task has ${workspaceMb} MB for them; raise sandbox.workspace_mb in task.yaml`,
    );
  return workspace;
}

function loadEither(folder: Place, room: { bytes: number }, records: TreeRecords | undefined): Workspace {
  const loading = { check: (file: SourceFile) => requireWhole(folder, file), ...(records === undefined ? {} : { records }) };
  // What was large and is as it was is large still.
  const recalled = recallLargeTree(folder, loading);
  if (recalled !== null) return asWorkspace(recalled);
  try {
    return unchanging(shown(folder.path), () => checked(folder, room));
  } catch (error) {
    if (!(error instanceof Oversized)) throw error;
    return asWorkspace(loadLargeTree(folder, loading));
  }
}

function asWorkspace(tree: LargeTree): Workspace {
  return { tree, digest: tree.digest, read: async () => tree.entries };
}

function* checked(folder: Place, room: { bytes: number }): Generator<SourceFile> {
  for (const file of readTree(folder)) {
    requireWhole(folder, file);
    room.bytes -= Math.ceil(file.bytes.length / PAGE_BYTES) * PAGE_BYTES;
    yield file;
  }
}

function requireWhole(folder: Place, file: SourceFile): void {
  const fault = faultOfRepository(file);
  if (fault !== null)
    throw new UserError(
      `Cannot load "${shown(folder.path)}": the git repository in it needs ${fault}; put a whole repository there, as "git clone --no-local" makes it`,
    );
}

/** Says what a repository needs that is not in the workspace: the repository itself, or objects of another one. */
function faultOfRepository(file: SourceFile): string | null {
  const { path } = file;
  const parts = path.split("/");
  const text = () => Buffer.from(file.bytes).toString().trim().slice(0, MAX_SHOWN);
  if (parts.at(-1) === GIT && file.bytes.length > 0) {
    const folder = text().replace(/^gitdir: */, "");
    return leadsOut(parts.slice(0, -1), folder) ? `"${shown(folder)}", where its ${shown(path)} leads` : null;
  }
  const isAlternates = path === `${GIT}/objects/info/alternates` || path.endsWith(`/${GIT}/objects/info/alternates`);
  return isAlternates && file.bytes.length > 0 ? `objects of another one, "${shown(text())}"` : null;
}

function leadsOut(from: readonly string[], path: string): boolean {
  if (path.startsWith("/")) return true;
  let depth = from.length;
  return path.split("/").some((part) => {
    depth += part === ".." ? -1 : part === "" || part === "." ? 0 : 1;
    return depth < 0;
  });
}
