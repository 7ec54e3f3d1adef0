import { availableParallelism } from "node:os";
import { InfraError, UserError } from "../../core/errors.ts";
import { workThrough } from "../../run/schedule.ts";
import { engineDisk } from "../../sandbox/docker/disk-space.ts";
import { connectEngine, type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { sweepSandboxes } from "../../sandbox/docker/sweep.ts";
import { buildTaskImage, type TaskImage } from "../../sandbox/docker/task-image.ts";

/** An engine that answers, with the digests of the images that will be used. */
export type ReadyEngine = { readonly engine: Engine; readonly imageIds: ReadonlyMap<string, string> };

const MIN_FREE_MB = 500;

/** What may be set of it: images to be built from folders first, and who is told of that. */
type ReadyOptions = {
  readonly engine?: Engine;
  readonly leastFreeMb?: number;
  readonly builds?: readonly TaskImage[];
  readonly notify?: (text: string) => void;
};

/**
 * Makes sure, before anything is paid for, that the engine answers, has every image and room to work, and removes what a killed run left behind.
 *
 * Throws UserError with what to do when that cannot be.
 */
export async function readyEngine(
  images: Iterable<string>,
  { engine = connectEngine(), leastFreeMb = MIN_FREE_MB, builds = [], notify = () => {} }: ReadyOptions = {},
): Promise<ReadyEngine> {
  const imageIds = new Map<string, string>();
  try {
    await buildImages(engine, builds, notify);
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

// Equal folders have equal names: each is built once, however many tasks name it.
async function buildImages(engine: Engine, builds: readonly TaskImage[], notify: (text: string) => void): Promise<void> {
  const distinct = [...new Map(builds.map((build) => [build.image, build])).values()];
  const pace = { concurrency: availableParallelism(), signal: new AbortController().signal };
  await workThrough(distinct, pace, (build) => buildTaskImage(engine, build, notify));
}

async function refuseFullDisk(engine: Engine, leastFreeMb: number): Promise<void> {
  const disk = await engineDisk(engine);
  if (disk === null || disk.freeMb >= leastFreeMb) return;
  throw new UserError(
    `Cannot use the engine's disk at "${disk.path}": ${disk.freeMb} MB are free; make room for at least ${leastFreeMb} MB ("docker system df" shows what takes it)`,
  );
}
