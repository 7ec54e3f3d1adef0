import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "./owner.ts";

const HALF = ".half-";
const OWNER = "owner";

/**
 * Fills a folder of a cache: `fill` writes into one of another name, which takes the name when it is whole, so that a folder of that name is always whole. Removes what
 * processes that were killed left half-filled. Where another process was faster, its folder stays.
 */
export async function fillFolder(
  folder: { readonly cache: string; readonly name: string },
  fill: (half: string) => Promise<void>,
): Promise<string> {
  const whole = join(folder.cache, folder.name);
  await withHalfFolder(folder.cache, async (half) => {
    await fill(half);
    keepHalf(half, whole);
  });
  return whole;
}

/** Calls `use` with a new folder of a cache, which is removed afterwards unless it was kept. Removes what processes that were killed left half-filled. */
export async function withHalfFolder<Result>(cache: string, use: (half: string) => Promise<Result>): Promise<Result> {
  removeFolders(abandonedHalves(cache));
  const half = join(cache, `${HALF}${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, OWNER), ownerToText(currentOwner()));
    return await use(half);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** Gives a half-filled folder that is whole now its name, unless another process was faster. */
export function keepHalf(half: string, whole: string): void {
  rmSync(join(half, OWNER), { force: true });
  try {
    renameSync(half, whole);
  } catch (error) {
    if (!existsSync(whole)) throw error;
  }
}

/** Finds half-filled folders of a cache whose process has ended. */
export function abandonedHalves(cache: string): readonly string[] {
  const viewer = currentOwner();
  return entriesOf(cache)
    .filter((folder) => basename(folder).startsWith(HALF))
    .filter((folder) => {
      const place = join(folder, OWNER);
      const owner = existsSync(place) ? ownerFromText(readFileSync(place, "utf8")) : null;
      return owner === null || hasEnded(owner, viewer);
    });
}

/** Lists the whole folders of a cache. */
export function wholeFolders(cache: string): readonly string[] {
  return entriesOf(cache).filter((folder) => !basename(folder).startsWith(HALF));
}

/** Removes folders of a cache with all that is in them. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function entriesOf(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}
