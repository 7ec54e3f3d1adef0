import { printable } from "../../core/printable.ts";
import type { LoadOptions } from "../../core/suite.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside, placeNamed } from "../../files/place.ts";
import { type EnvironmentImage, environmentImage, plainImage } from "../environment-image.ts";
import type { Obstacle } from "../obstacle.ts";
import { cutHistoryStep } from "./cut-history.ts";
import type { Instance } from "./instance.ts";

/** The program that runs the tests: Python of the sandbox image, or that of the environment which the images of SWE-bench have. */
export type TestPython = "own" | "testbed";

/** The image of an instance with the Python that its tests run with, or why there is none. */
export type InstanceImage =
  | { readonly kind: "found"; readonly image: EnvironmentImage; readonly python: TestPython }
  | { readonly kind: "missing"; readonly obstacle: Obstacle };

/** Where the images of instances come from: folders with Dockerfiles, or names that begin in some way; `own` is the folder of the instance itself, where it has one. */
export type ImageSource = { readonly images: Place | string | null; readonly own: Place | null };

// What can be the name of a folder.
const VERSION = /^\w[\w.+-]{0,99}$/;
const MAX_NAME = 200;
const DOCKERFILE = "Dockerfile";
const SANDBOX_IMAGE = "bench-sandbox:latest";
/** What the images of SWE-bench have Python by, and the environment that their tests run in. */
const CONDA = "/opt/miniconda3";
const ENVIRONMENT = `${CONDA}/envs/testbed`;
/** Python of that environment. */
export const TESTBED_PYTHON = `${ENVIRONMENT}/bin/python`;
// What an instance's own folder has beside its Dockerfile, and no image may get.
const HIDDEN =
  /^(?:gold\.patch|test\.patch|tests\.json|eval\.sh|task\.yaml|hints\.md|problem_statement\.md|test_assets\/.*|problem_assets\/.*)$/;

/** Finds out what `--images` names: a folder that is there, or the beginning of names. */
export function imagesOf(images: string | null, isFolderAt: (place: Place) => boolean): ImageSource["images"] {
  if (images === null) return null;
  const place = placeNamed(images);
  return /^[./~]/.test(images) || isFolderAt(place) ? place : images.replace(/\/$/, "");
}

/**
 * Finds the image of an instance: a Dockerfile of its own, of its repository's version or of its repository below the folder of images; in its own folder; or, by its name, an image that
 * the engine has. Its repository is brought to the commit that the instance starts from, without what came later. Throws UserError for a folder that cannot be read.
 */
export async function instanceImage(instance: Instance, source: ImageSource, options: LoadOptions): Promise<InstanceImage> {
  const folder = folderOf(instance, source);
  if (folder !== null) {
    let python: TestPython = "own";
    const complete = (dockerfile: string) => {
      python = dockerfile.includes(CONDA) ? "testbed" : "own";
      return completed(dockerfile, instance, python);
    };
    const image = environmentImage(folder, { bases: options.bases, isHidden: (path) => HIDDEN.test(path), complete });
    return { kind: "found", image, python };
  }
  if (source.images !== null && typeof source.images !== "string")
    return missing(`the folder of --images has no ${instance.id}/${DOCKERFILE}, nor one for its repository (${ownerName(instance)})`);
  const published = imageName(instance, source.images);
  const standIn = options.bases.get(published);
  const name = standIn ?? published;
  if (options.hasImage !== undefined && !(await options.hasImage(name)))
    return missing(
      `the engine does not have the image ${pattern(name, instance)}, and nothing is pulled here; pull it ("docker pull"), or name a folder of Dockerfiles with --images`,
    );
  const python = standIn === undefined ? "testbed" : "own";
  const replaced = standIn === undefined ? [] : [published];
  const image = { ...plainImage(completed(`FROM ${name}\n`, instance, python), name), replaced };
  return { kind: "found", image, python };
}

function missing(reason: string): InstanceImage {
  return { kind: "missing", obstacle: { kind: "no image", reason } };
}

function folderOf(instance: Instance, { images, own }: ImageSource): Place | null {
  const named =
    images === null || typeof images === "string"
      ? []
      : [
          instance.id,
          ...(instance.version === null || !VERSION.test(instance.version) ? [] : [`${ownerName(instance)}/${instance.version}`]),
          ownerName(instance),
        ].map((path) => placeInside(images, path));
  const places = images === null && own !== null ? [own] : named;
  return places.find((place) => isThere(placeInside(place, DOCKERFILE))) ?? null;
}

function ownerName({ repo }: Instance): string {
  return repo.replace("/", "__");
}

// One reason for all instances whose images are named alike.
function pattern(name: string, { id }: Instance): string {
  return printable(name.replace(id.replaceAll("__", "_1776_").toLowerCase(), "NAME"), MAX_NAME);
}

// As they are published: an image's name can hold no double underscore behind a registry's.
function imageName({ id, image }: Instance, prefix: string | null): string {
  if (prefix === null && image !== null) return image;
  return `${prefix ?? "swebench"}/sweb.eval.x86_64.${id.replaceAll("__", "_1776_")}:latest`.toLowerCase();
}

// Images of others get what grading needs, and the users that it has.
const GRADING = [
  `COPY --from=${SANDBOX_IMAGE} /opt/bench /opt/bench`,
  `RUN ${JSON.stringify([
    "/bin/sh",
    "-c",
    [
      "for user in agent:1000 grader:1001; do",
      'id=$(echo $user | cut -d: -f2); grep -q "^[^:]*:[^:]*:$id:" /etc/passwd ||',
      'echo "$(echo $user | cut -d: -f1):x:$id:1000::/tmp:/bin/bash" >> /etc/passwd; done;',
      'grep -q "^[^:]*:[^:]*:1000:" /etc/group || echo "agent:x:1000:" >> /etc/group;',
      "chmod a+rx /root",
    ].join(" "),
  ])}`,
  `ENV PATH=${ENVIRONMENT}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
];

function completed(dockerfile: string, { baseCommit }: Instance, python: TestPython): string {
  return [
    dockerfile.trimEnd(),
    "",
    "# Added by bench: the repository at the commit of the task, in the workspace.",
    "USER root",
    ...(python === "own" ? [] : GRADING),
    cutHistoryStep(baseCommit),
    "USER agent",
    "WORKDIR /workspace",
    "",
  ].join("\n");
}
