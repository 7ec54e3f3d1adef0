import { existsSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { askEngine, type Engine } from "./engine.ts";

/** The folder where an engine keeps images and containers, and how much is free there. */
export type EngineDisk = { readonly path: string; readonly freeMb: number };

/** Returns how many megabytes are free for a file or folder, which may not exist yet; null when the system does not report it. */
export function freeMb(path: string): number | null {
  let existing = resolve(path);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    const { bavail, bsize, blocks } = statfsSync(existing);
    // A file system with 0 blocks does not count them.
    return blocks === 0 ? null : Math.floor((bavail * bsize) / 1024 / 1024);
  } catch {
    return null;
  }
}

/** Returns the disk of an engine that runs on this machine; null when it runs elsewhere, for instance in a virtual machine. Throws InfraError when it does not answer. */
export async function engineDisk(engine: Engine): Promise<EngineDisk | null> {
  const info = (await askEngine("ask Docker for its data folder", () => engine.info())) as { Name?: string; DockerRootDir?: string };
  const path = info.DockerRootDir ?? "";
  if (info.Name !== hostname() || !existsSync(path)) return null;
  const free = freeMb(path);
  return free === null ? null : { path, freeMb: free };
}
