import { InfraError, UserError } from "../core/errors.ts";
import { engineDisk } from "../sandbox/disk-space.ts";
import { connectEngine, type Engine, imageId } from "../sandbox/engine.ts";
import { sweepSandboxes } from "../sandbox/sweep.ts";

/** An engine that answers, with the digests of the images that will be used. */
export type ReadyEngine = { readonly engine: Engine; readonly imageIds: ReadonlyMap<string, string> };

const LEAST_FREE_MB = 500;

/**
 * Makes sure, before anything is paid for, that the engine answers, has every image and room to work, and removes what a killed run left behind.
 *
 * Throws UserError with what to do when that cannot be.
 */
export async function readyEngine(
  images: Iterable<string>,
  { engine = connectEngine(), leastFreeMb = LEAST_FREE_MB }: { readonly engine?: Engine; readonly leastFreeMb?: number } = {},
): Promise<ReadyEngine> {
  const imageIds = new Map<string, string>();
  try {
    const found = [...new Set(images)].map(async (image) => ({ image, id: await imageId(engine, image) }));
    const [ids] = await Promise.all([Promise.all(found), sweepSandboxes(engine, { which: "abandoned" })]);
    for (const { image, id } of ids) {
      if (id === null)
        throw new UserError(
          `Cannot use image "${image}": the engine does not have it; run "npm run setup" to build the sandbox image, or pull it`,
        );
      imageIds.set(image, id);
    }
    await refuseFullDisk(engine, leastFreeMb);
  } catch (error) {
    // Before the start it is for the user to mend.
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
  return { engine, imageIds };
}

async function refuseFullDisk(engine: Engine, leastFreeMb: number): Promise<void> {
  const disk = await engineDisk(engine);
  if (disk === null || disk.freeMb >= leastFreeMb) return;
  throw new UserError(
    `Cannot use the engine's disk at "${disk.path}": ${disk.freeMb} MB are free; make room for at least ${leastFreeMb} MB ("docker system df" shows what takes it)`,
  );
}
