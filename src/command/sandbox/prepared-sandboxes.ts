import type { SandboxProvider } from "../../core/sandbox.ts";
import type { Task } from "../../core/task.ts";
import type { TaskImage } from "../../sandbox/docker/task-image.ts";

/** Sandboxes that can be opened, the digests of their images by name, and what the user should know about them. */
export type PreparedSandboxes = {
  readonly imageIds: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
  /** Makes the provider of a run; `notify` gets a line when it has to wait for its engine, for instance. */
  readonly provider: (runId: string, notify: (text: string) => void) => SandboxProvider;
};

/** The images of tasks: the default one, the names of all, those that have to be built from a folder, and where to report that. */
export type TaskImages = {
  readonly defaultImage: string;
  readonly names: Iterable<string>;
  readonly builds?: readonly TaskImage[];
  readonly notify?: (text: string) => void;
};

/** Lists the images that tasks run in; those that name none run in `defaultImage`. */
export function imagesOf(
  tasks: readonly Pick<Task, "image" | "imageFolder">[],
  defaultImage: string,
  notify: (text: string) => void,
): TaskImages {
  const builds = tasks.flatMap(({ image, imageFolder }) =>
    image !== null && imageFolder !== undefined ? [{ image, folder: imageFolder.path, read: imageFolder.read }] : [],
  );
  return { defaultImage, names: tasks.map(({ image }) => image ?? defaultImage), builds, notify };
}
