import { existsSync, statfsSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { askEngine, type Engine } from "./engine.ts";

/** Where an engine keeps images and containers, and how much is free there. */
export type EngineDisk = { readonly path: string; readonly freeMb: number };

/** Gives how many megabytes are free for a file or folder, which need not be there yet; null where the system does not tell. */
export function freeMb(path: string): number | null {
  let there = resolve(path);
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  try {
    const { bavail, bsize, blocks } = statfsSync(there);
    // A file system of no blocks is one that does not count them.
    return blocks === 0 ? null : Math.floor((bavail * bsize) / 1024 / 1024);
  } catch {
    return null;
  }
}

/** Gives the disk of an engine that runs on this machine; null when it runs elsewhere, in a virtual machine for instance. Throws InfraError when none answers. */
export async function engineDisk(engine: Engine): Promise<EngineDisk | null> {
  const info = (await askEngine("ask Docker where it keeps its data", () => engine.info())) as { Name?: string; DockerRootDir?: string };
  const path = info.DockerRootDir ?? "";
  if (info.Name !== hostname() || !existsSync(path)) return null;
  const free = freeMb(path);
  return free === null ? null : { path, freeMb: free };
}
