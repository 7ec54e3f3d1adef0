import { createHash } from "node:crypto";
import { chmodSync, closeSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InfraError } from "../core/errors.ts";
import { LAYER_NOTE, type Layer, layerNote, layerOfNote } from "../core/layer.ts";

/** A file or folder of a layer, by its path below it. */
export type LayerEntry = {
  readonly path: string;
  readonly kind: "file" | "folder";
  readonly sizeBytes: number;
  readonly isExecutable: boolean;
};

const PIECE_BYTES = 1024 * 1024;
/** What is beside the files while they are put together. */
const OTHERS: ReadonlySet<string> = new Set(["owner", LAYER_NOTE]);

/** What npm notes for itself: it names the registry, and no agent reads it. */
const OF_NPM = "node_modules/.package-lock.json";

/** Lists what a layer holds, folders before what is in them, and makes all of it readable for every user and not writable. Throws InfraError for a link or a special file. */
export function openLayerFiles(folder: string): readonly LayerEntry[] {
  const entries: LayerEntry[] = [];
  const walk = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === "" ? name : `${below}/${name}`;
      if (OTHERS.has(path)) continue;
      const entry = openEntry(folder, path);
      entries.push(entry);
      if (entry.kind === "folder") walk(path);
    }
  };
  rmSync(join(folder, OF_NPM), { force: true });
  chmodSync(folder, 0o755);
  walk("");
  return entries;
}

// A chmod where it is needed alone: most of thousands of files are as they should be.
function openEntry(folder: string, path: string): LayerEntry {
  const whole = join(folder, path);
  const status = lstatSync(whole);
  if (!status.isFile() && !status.isDirectory())
    throw new InfraError("sandbox", `Cannot install "${path}" of an agent: it is a link or a special file; try another version`);
  const isExecutable = status.isDirectory() || (status.mode & 0o100) !== 0;
  const mode = isExecutable ? 0o755 : 0o644;
  if ((status.mode & 0o7777) !== mode) chmodSync(whole, mode);
  return { path, kind: status.isFile() ? "file" : "folder", sizeBytes: status.isFile() ? status.size : 0, isExecutable };
}

/** Reads a file of a layer piece by piece; each is overwritten by the next one. Throws InfraError when its size has changed. */
export function* layerPieces(folder: string, { path, sizeBytes }: LayerEntry): Generator<Uint8Array> {
  const descriptor = openSync(join(folder, path), "r");
  try {
    const memory = Buffer.alloc(Math.min(PIECE_BYTES, Math.max(1, sizeBytes)));
    if (fstatSync(descriptor).size !== sizeBytes) throw changed(path);
    for (let left = sizeBytes; left > 0; ) {
      const count = readSync(descriptor, memory, 0, Math.min(left, memory.length), null);
      if (count === 0) throw changed(path);
      left -= count;
      yield memory.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}

function changed(path: string): InfraError {
  return new InfraError("sandbox", `Cannot install "${path}" of an agent: it changed meanwhile; try again`);
}

/** Digests the paths, modes and bytes of a layer's files. */
export function layerDigest(folder: string, entries: readonly LayerEntry[]): string {
  const digest = createHash("sha256");
  for (const entry of entries) {
    digest.update(`\0${entry.kind}\0${entry.path}\0${entry.sizeBytes}\0${entry.isExecutable}\0`);
    if (entry.kind === "file") for (const piece of layerPieces(folder, entry)) digest.update(piece);
  }
  return digest.digest("hex");
}

/** Writes the note that makes a folder a layer. */
export function writeLayerNote(folder: string, layer: Layer): void {
  writeFileSync(join(folder, LAYER_NOTE), layerNote(layer), { flag: "wx", mode: 0o644 });
}

/** Reads the note of a folder; null for one that is no layer. */
export function readLayerNote(folder: string): Layer | null {
  try {
    return layerOfNote(readFileSync(join(folder, LAYER_NOTE), "utf8"));
  } catch {
    return null;
  }
}
