import { unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { Task } from "../core/task.ts";
import { pathsBelow, readFolder } from "../files/folder.ts";
import { type Place, placeInside, shown } from "../files/place.ts";

const IMAGE_NAME = "bench-task";
const DIGEST_LENGTH = 16;
const FOLDER_PREFIX = "./";
// No image has such a name.
const LEADS_OUT = /^(?:\.\.?$|\.\.\/|\/|~)/;

type ImageFields = Pick<Task, "image" | "imageFolder">;

/** The images of a suite's tasks. A folder that many tasks share is read and digested once. */
export class TaskImages {
  readonly #known = new Map<string, ImageFields>();

  /**
   * Finds the image that a task or suite file names: the name of an image, or a folder below `place`, the folder of that file, with a Dockerfile. The image of a folder is
   * named by the digest of its files, so that tasks with equal folders share one image.
   *
   * Throws UserError when the folder is not below `place`, has no Dockerfile, or holds something else than plain files and folders.
   */
  find(value: string | undefined, place: Place): ImageFields {
    if (value !== undefined && LEADS_OUT.test(value))
      throw new UserError(
        `Cannot use image "${printable(value)}" of "${shown(place.path)}": it is a path that leads out of this folder; put the folder with the Dockerfile inside, and write ./ before its name`,
      );
    if (!value?.startsWith(FOLDER_PREFIX)) return { image: value ?? null };
    const folder = folderOf(value, place);
    const known = this.#known.get(folder.path);
    if (known !== undefined) return known;
    if (!pathsBelow(folder).includes("Dockerfile"))
      throw new UserError(
        `Cannot use image "${printable(value)}" of "${shown(place.path)}": "${shown(folder.path)}" has no Dockerfile; add one, or name an image without ./`,
      );
    const { digest, read } = unchanging(shown(folder.path), () => readFolder(folder));
    const found = { image: `${IMAGE_NAME}:${digest.slice(0, DIGEST_LENGTH)}`, imageFolder: { path: folder.path, read } };
    this.#known.set(folder.path, found);
    return found;
  }
}

// The folder of the file itself may be the image's; a / at the end is how folders are often written.
function folderOf(value: string, place: Place): Place {
  const path = value.slice(FOLDER_PREFIX.length).replace(/\/$/, "");
  return path === "" ? place : placeInside(place, path);
}
