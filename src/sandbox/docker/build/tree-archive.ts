import { once } from "node:events";
import type { Readable } from "node:stream";
import { type Pack, pack } from "tar-stream";
import type { LargeTree, TreeEntry } from "../../../core/large-tree.ts";
import { WORKSPACE } from "../../../core/sandbox.ts";
import { FIRST_SECOND, TREE_LIST_NAME, treeList, treeSecond } from "../../../core/tree-list.ts";
import { Breather } from "../../../core/turn.ts";

/** Where an image says what its workspace holds; the guest of a sandbox reads it. */
const LIST = `opt/bench/${TREE_LIST_NAME}`;
/** The user that agents work as. */
const USER = { uid: 1000, gid: 1000 };
/** Packs a large tree for an engine that unpacks it at the root of a stopped container: the workspace with all files, and the list of them. Reads one piece of a file at a time. */
export function packTree(tree: LargeTree): Readable {
  const archive = pack();
  fill(archive, tree).catch((error: Error) => archive.destroy(error));
  return archive;
}

async function fill(archive: Pack, tree: LargeTree): Promise<void> {
  addFolder(archive, WORKSPACE.slice(1));
  const known = new Set<string>();
  const breather = new Breather();
  for (const [number, entry] of tree.entries.entries()) {
    const parts = entry.path.split("/");
    for (let count = 1; count < parts.length + (entry.kind === "folder" ? 1 : 0); count++) {
      const folder = parts.slice(0, count).join("/");
      if (known.has(folder)) continue;
      known.add(folder);
      addFolder(archive, `${WORKSPACE.slice(1)}/${folder}`);
    }
    if (entry.kind !== "folder") await addFile(archive, { tree, entry, number });
    await breather.due();
  }
  archive.entry({ name: LIST, mode: 0o444, mtime: new Date(FIRST_SECOND * 1000) }, treeList(tree));
  archive.finalize();
}

function addFolder(archive: Pack, name: string): void {
  archive.entry({ name, type: "directory", mode: 0o755, mtime: new Date(FIRST_SECOND * 1000), ...USER });
}

type Added = { readonly tree: LargeTree; readonly entry: TreeEntry; readonly number: number };

async function addFile(archive: Pack, { tree, entry, number }: Added): Promise<void> {
  const header = {
    name: `${WORKSPACE.slice(1)}/${entry.path}`,
    type: "file" as const,
    size: entry.sizeBytes,
    mode: entry.executable ? 0o755 : 0o644,
    mtime: new Date(treeSecond(number) * 1000),
    ...USER,
  };
  if (entry.sizeBytes === 0) {
    for (const _ of tree.pieces(entry)); // makes sure that it is empty still
    archive.entry(header, "");
    return;
  }
  const done = new Promise<void>((resolve, reject) => {
    const sink = archive.entry(header, (error) => (error ? reject(error) : resolve()));
    const write = async () => {
      for (const piece of tree.pieces(entry)) if (!sink.write(piece)) await once(sink, "drain");
      sink.end();
    };
    write().catch(reject);
  });
  await done;
}
