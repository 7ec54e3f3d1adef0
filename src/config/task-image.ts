import { join } from "node:path";
import { unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { Task } from "../core/task.ts";
import { pathsBelow, readFolder } from "../files/folder.ts";

const NAME = "bench-task";
const DIGEST_LENGTH = 16;

/**
 * Reads what stands under `image`: the name of an image, or with ./ before it a folder below `place` with a Dockerfile, whose image is called by the digest of the folder,
 * so that tasks with equal folders share one. Throws UserError where there is no Dockerfile.
 */
export function taskImage(value: string | undefined, place: string): Pick<Task, "image" | "imageFolder"> {
  if (!value?.startsWith("./")) return { image: value ?? null };
  const imageFolder = join(place, value);
  if (!pathsBelow(imageFolder).includes("Dockerfile"))
    throw new UserError(
      `Cannot use image "${value}" of "${place}": "${imageFolder}" has no Dockerfile; add one, or name an image without ./`,
    );
  const { digest } = unchanging(imageFolder, () => readFolder(imageFolder));
  return { image: `${NAME}:${digest.slice(0, DIGEST_LENGTH)}`, imageFolder };
}
