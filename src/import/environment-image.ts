import { filesDigest, unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { LoadOptions } from "../core/suite.ts";
import type { SourceFile, Task } from "../core/task.ts";
import { readFolder } from "../files/folder.ts";
import { type Place, shown } from "../files/place.ts";

const DOCKERFILE = "Dockerfile";
const IMAGE_NAME = "bench-task";
const DIGEST_LENGTH = 16;
const FROM = /^(\s{0,40}FROM\s{1,40}(?:--platform=\S{1,100}\s{1,40})?)(\S{1,500})(\s{1,40}AS\s{1,40}\S{1,200})?\s{0,40}$/i;
const COPY_FROM = /^(\s{0,40}COPY\s{1,40}(?:--\S{1,200}\s{1,40}){0,5}?--from=)(\S{1,500})(\s.{1,2000})$/i;

/**
 * Images that stand in for others, which files of the folder must not reach the engine, since they hold tests or the solution, and what is added to the Dockerfile, which it is
 * given as it will be built.
 */
export type ImageOptions = Pick<LoadOptions, "bases"> & {
  readonly isHidden?: (path: string) => boolean;
  readonly complete?: (dockerfile: string) => string;
  /** How long the build may take, where the task says so. */
  readonly buildSeconds?: number | undefined;
};

/** The image of a task, and the bases in its Dockerfile that others stand in for. */
export type EnvironmentImage = Pick<Task, "image" | "imageFolder"> & { readonly replaced: readonly string[] };

/**
 * Finds the image that is built from the Dockerfile in a folder. Bases that `bases` has are replaced before the digest of the folder is made, so that the image, and every
 * task that uses it, is another one. Throws UserError when there is no Dockerfile.
 */
export function environmentImage(
  folder: Place,
  { bases, isHidden = () => false, complete = (text) => text, buildSeconds }: ImageOptions,
): EnvironmentImage {
  const replaced = new Set<string>();
  const readEach = function* (): Generator<SourceFile> {
    for (const file of readFolder(folder)) {
      if (isHidden(file.path)) continue;
      yield file.path === DOCKERFILE ? withText(substituted(file, bases, replaced), complete) : file;
    }
  };
  let hasDockerfile = false;
  const { digest, read } = unchanging(shown(folder.path), function* () {
    for (const file of readEach()) {
      hasDockerfile ||= file.path === DOCKERFILE;
      yield file;
    }
  });
  if (!hasDockerfile) throw new UserError(`Cannot load "${shown(folder.path)}": it has no ${DOCKERFILE}; add one`);
  const imageFolder = { path: folder.path, read, ...(buildSeconds === undefined ? {} : { buildSeconds }) };
  return { image: imageNameOf(digest), imageFolder, replaced: [...replaced] };
}

/** Makes an image out of a Dockerfile that needs no other files; `label` says whose it is. */
export function plainImage(dockerfile: string, label: string): Pick<EnvironmentImage, "image" | "imageFolder"> {
  const file = { path: DOCKERFILE, bytes: Buffer.from(dockerfile), executable: false };
  return { image: imageNameOf(filesDigest([file])), imageFolder: { path: label, read: async () => [file] } };
}

function imageNameOf(digest: string): string {
  return `${IMAGE_NAME}:${digest.slice(0, DIGEST_LENGTH)}`;
}

function withText(file: SourceFile, change: (text: string) => string): SourceFile {
  const text = Buffer.from(file.bytes).toString();
  const changed = change(text);
  return changed === text ? file : { ...file, bytes: Buffer.from(changed) };
}

// Public bases run as root, and those that stand in for them may not.
function substituted(file: SourceFile, bases: ReadonlyMap<string, string>, replaced: Set<string>): SourceFile {
  if (bases.size === 0) return file;
  const lines = Buffer.from(file.bytes)
    .toString()
    .split("\n")
    .flatMap((line) => {
      const text = line.replace(/\r$/, "");
      const [, start = "", name = "", end = ""] = FROM.exec(text) ?? COPY_FROM.exec(text) ?? [];
      const base = bases.get(name);
      if (base === undefined) return [line];
      replaced.add(name);
      return /^\s{0,40}FROM/i.test(text) ? [`${start}${base}${end}`, "USER root"] : [`${start}${base}${end}`];
    });
  return { ...file, bytes: Buffer.from(lines.join("\n")) };
}
