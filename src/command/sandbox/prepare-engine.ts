import { ownFolder } from "../../config/environment.ts";
import { InfraError, UserError } from "../../core/errors.ts";
import { languageOfImage } from "../../core/language.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { makeFoldersTo, replaceFile } from "../../files/write.ts";
import { workThrough } from "../../run/schedule.ts";
import { buildTaskImage, type DueBuild, dueBuild } from "../../sandbox/docker/build/task-image.ts";
import { engineDisk } from "../../sandbox/docker/disk-space.ts";
import { connectEngine, type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { sweepSandboxes } from "../../sandbox/docker/sweep.ts";
import { languageImageId } from "./language-build.ts";
import type { ImageBuilds } from "./prepared-sandboxes.ts";

/** The image that setup builds, and that images of languages are built on unless a run names another. */
export const SETUP_IMAGE = "bench-sandbox:latest";
/**
 * A Docker engine that answers, with the digests of the images that will be used, and the reasons why others cannot be built, by their names.
 */
export type PreparedEngine = {
  readonly engine: Engine;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly unbuilt: ReadonlyMap<string, string>;
};

const MIN_FREE_MB = 500;

/** What can be set of the preparation: another engine, how much must be free, images to build from folders first, and where to report that. */
type PrepareOptions = {
  readonly engine?: Engine;
  readonly minFreeMb?: number;
  /** The image that images of languages are built on. */
  readonly base?: string;
  readonly builds?: ImageBuilds | undefined;
  readonly notify?: ((text: string) => void) | undefined;
};

/**
 * Makes sure, before anything is paid for, that the engine answers, has every image and enough disk space, and removes what killed runs left behind.
 *
 * Throws UserError with what to do when that fails. An image that cannot be built, for a reason that is its Dockerfile's, is left to the tasks that name it, unless every
 * image is such a one.
 */
export async function prepareEngine(
  images: Iterable<string>,
  { engine = connectEngine(), minFreeMb = MIN_FREE_MB, base = SETUP_IMAGE, builds, notify = () => {} }: PrepareOptions = {},
): Promise<PreparedEngine> {
  const imageIds = new Map<string, string>();
  const names = new Set(images);
  let unbuilt: ReadonlyMap<string, string> = new Map();
  try {
    if (builds !== undefined) unbuilt = await buildImages(engine, builds, notify);
    const [reason] = unbuilt.values();
    if (reason !== undefined && [...names].every((name) => unbuilt.has(name))) throw new UserError(reason);
    await sweepSandboxes(engine, { which: "abandoned" });
    // One after the other: images of languages are built by the whole machine.
    for (const image of names) {
      if (unbuilt.has(image)) continue;
      const language = languageOfImage(image);
      const id =
        language === null
          ? await imageId(engine, image)
          : await languageImageId(engine, { language, base, notify, signal: builds?.signal });
      if (id === null)
        throw new UserError(
          `Cannot use image "${image}": the engine does not have it; run "bench setup" to build the sandbox image, or pull it`,
        );
      imageIds.set(image, id);
    }
    await refuseFullDisk(engine, minFreeMb);
  } catch (error) {
    // Before a run starts, such a failure is for the user to fix.
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
  return { engine, imageIds, unbuilt };
}

// Each build may use half of the engine's memory.
const MAX_BUILDS = 2;

// Equal folders have equal names: each is built once, however many tasks name it. All are allowed before the first is built.
async function buildImages(
  engine: Engine,
  { images, confirm, network, signal }: ImageBuilds,
  notify: (text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const unbuilt = new Map<string, string>();
  const distinct = [...new Map(images.map((image) => [image.image, image])).values()];
  const due: DueBuild[] = [];
  for (const image of distinct) {
    const build = await dueBuild(engine, image, network);
    if (build !== null) due.push(build);
  }
  if (due.length === 0) return unbuilt;
  await confirm(due.map(({ image, digest, folder }) => ({ kind: "build", image: `${image}@sha256:${digest}`, folder, network })));
  const schedule = { concurrency: MAX_BUILDS, signal: signal ?? new AbortController().signal };
  await workThrough(due, schedule, async (build) => {
    try {
      await buildTaskImage(engine, build, { notify, signal, keepLog });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unbuilt.set(build.image, error.message);
    }
  });
  signal?.throwIfAborted();
  return unbuilt;
}

/** Keeps what a build that failed printed, and returns where; null where that cannot be written. */
function keepLog(image: string, text: string): string | null {
  const place = placeInside(placeNamed(ownFolder("XDG_CACHE_HOME", ".cache")), `bench/builds/${image.replaceAll(/[^\w.-]/g, "-")}.log`);
  try {
    makeFoldersTo(place);
    replaceFile(place, [text]);
    return place.path;
  } catch {
    // The message stands without it.
    return null;
  }
}

async function refuseFullDisk(engine: Engine, minFreeMb: number): Promise<void> {
  const disk = await engineDisk(engine);
  if (disk === null || disk.freeMb >= minFreeMb) return;
  throw new UserError(
    `Cannot use the engine's disk at "${disk.path}": ${disk.freeMb} MB are free; make room for at least ${minFreeMb} MB ("docker system df" shows what takes it)`,
  );
}

/** Turns a failure of the engine into one for the user to fix, as it is before a run starts. */
export async function asUserError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}
