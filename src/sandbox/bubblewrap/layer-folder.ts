import { join } from "node:path";
import type { InstalledLayer, Layer } from "../../core/layer.ts";
import { abandonedHalves, keepHalf, wholeFolders } from "../half-folder.ts";
import { readLayerNote, writeLayerNote } from "../layer-files.ts";

/** Keeps a folder with an agent's programs, which is whole, as a layer of the cache. */
export function keepLayerFolder(cacheFolder: string, half: string, layer: Layer): InstalledLayer {
  writeLayerNote(half, layer);
  const source = join(cacheFolder, layer.digest);
  keepHalf(half, source);
  return { ...layer, source };
}

/** Finds the layers of a cache. */
export function findLayerFolders(cacheFolder: string): readonly InstalledLayer[] {
  return wholeFolders(cacheFolder).flatMap((source) => {
    const layer = readLayerNote(source);
    return layer === null ? [] : [{ ...layer, source }];
  });
}

/** Finds what is no layer in a cache of them: what a process that was killed left there, and folders of another form. */
export function findBrokenLayerFolders(cacheFolder: string): readonly string[] {
  return [...abandonedHalves(cacheFolder), ...wholeFolders(cacheFolder).filter((folder) => readLayerNote(folder) === null)];
}
