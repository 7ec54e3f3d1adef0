import type { InfraError } from "../../core/errors.ts";
import { languageOfImage } from "../../core/language.ts";
import { isThere } from "../../files/folder.ts";
import { placeNamed } from "../../files/place.ts";
import { findTrees } from "../../sandbox/docker/build/tree-image.ts";
import { askEngine, type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { statusOf } from "../../sandbox/docker/engine-fault.ts";
import { languageTag } from "../sandbox/language-build.ts";
import { SETUP_IMAGE } from "../sandbox/prepare-engine.ts";

/** An image that no run takes any more: for the tests of a language, built for another version of it or on another sandbox image; or with a large workspace. */
export type OldImage = { readonly name: string; readonly megabytes: number };

const NAME = /^(bench-[a-z]+):[0-9a-f]{16}$/;

/** Finds the images of languages that no run takes any more, because they are built anew. Finds none where there is no sandbox image to judge by. Throws InfraError. */
export async function findOldImages(engine: Engine): Promise<readonly OldImage[]> {
  const baseId = await imageId(engine, SETUP_IMAGE);
  if (baseId === null) return [];
  const images = await askEngine("list the images", () => engine.listImages());
  return images.flatMap(({ RepoTags, Size }) =>
    (RepoTags ?? []).flatMap((name) => {
      const language = languageOfImage(NAME.exec(name)?.[1] ?? "");
      return language === null || name === languageTag(language, baseId) ? [] : [{ name, megabytes: Math.round(Size / 1_000_000) }];
    }),
  );
}

/** Finds the images with large workspaces of tasks whose folder is gone, or that are over an image which is gone. Another run would lay them anew. Throws InfraError. */
export async function findOldTrees(engine: Engine): Promise<readonly OldImage[]> {
  const trees = await findTrees(engine);
  return trees.filter(({ place, hasBase }) => !(hasBase && isThere(placeNamed(place)))).map(({ name, megabytes }) => ({ name, megabytes }));
}

/** Removes images and returns those that are gone: one that a container still uses stays. Throws InfraError when the engine fails otherwise. */
export async function removeImages(engine: Engine, images: readonly OldImage[]): Promise<readonly OldImage[]> {
  const removed: OldImage[] = [];
  for (const image of images) {
    try {
      await askEngine(`remove image "${image.name}"`, () => engine.getImage(image.name).remove());
      removed.push(image);
    } catch (error) {
      // In use, or another process was faster.
      if (![404, 409].includes(statusOf(error as InfraError) ?? 0)) throw error;
    }
  }
  return removed;
}
