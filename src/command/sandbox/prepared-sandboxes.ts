import type { Layers } from "../../core/layer.ts";
import type { SandboxProvider } from "../../core/sandbox.ts";
import type { Task } from "../../core/task.ts";
import type { TaskImage } from "../../sandbox/docker/build/task-image.ts";
import type { Terminal } from "../terminal.ts";
import type { Confirm, Trust } from "../trust/trust.ts";
import type { NeededAgent } from "./agent-layers.ts";

/** Sandboxes that can be opened, the digests of their images by name, and what the user should know about them. */
export type PreparedSandboxes = {
  readonly imageIds: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
  /** The agents that are installed, of those that are needed. */
  readonly layers?: Layers;
  /** Makes the provider of a run; `notify` gets a line when it has to wait for its engine, for instance. */
  readonly provider: (runId: string, notify: (text: string) => void) => SandboxProvider;
};

/** How images are built from folders: who allows it, whether builds may use the network, and what stops them; without a signal, only the end of the process. */
type BuildTerms = { readonly confirm: Confirm; readonly network: boolean; readonly signal?: AbortSignal | undefined };

/** Images to build from folders, each at most once, and on which terms. */
export type ImageBuilds = BuildTerms & { readonly images: readonly TaskImage[] };

/** The images of tasks: the default one, the names of all, those that have to be built from a folder, and where to report that. */
export type TaskImages = {
  readonly defaultImage: string;
  readonly names: Iterable<string>;
  /** The tasks themselves, for notices about what they ask of the machine. */
  readonly tasks?: readonly (Pick<Task, "id" | "sandbox"> & Partial<Pick<Task, "image" | "machine" | "files">>)[];
  readonly builds?: ImageBuilds;
  /** Other agents' programs that sandboxes must have, installed or in the image. */
  readonly agents?: readonly NeededAgent[];
  readonly notify?: (text: string) => void;
};

/** Where the preparation of images is reported, and on which terms they are built. */
export type ImageDeps = BuildTerms & { readonly notify: (text: string) => void };

/** What a command that prepares images has: where it prints, what the user has allowed, and what stops it. */
export type CommandDeps = {
  readonly terminal: Pick<Terminal, "notify">;
  readonly trust: Trust;
  readonly signal?: AbortSignal | undefined;
};

/** Takes from a command and its flags where images are reported and on which terms they are built. */
export function imageDepsOf(
  { buildNetwork = false }: { readonly buildNetwork?: boolean | undefined },
  { terminal, trust, signal }: CommandDeps,
): ImageDeps {
  return { notify: (text) => terminal.notify(text), confirm: trust.confirm, network: buildNetwork, signal };
}

/** Lists the images that tasks run in; those that name none run in `defaultImage`. */
export function imagesOf(
  tasks: readonly Pick<Task, "id" | "image" | "imageFolder" | "sandbox" | "machine" | "files">[],
  defaultImage: string,
  { notify, ...terms }: ImageDeps,
): TaskImages {
  const images = tasks.flatMap(({ image, imageFolder }) =>
    image !== null && imageFolder !== undefined
      ? [{ image, folder: imageFolder.path, read: imageFolder.read, buildSeconds: imageFolder.buildSeconds }]
      : [],
  );
  return { defaultImage, tasks, names: tasks.map(({ image }) => image ?? defaultImage), builds: { ...terms, images }, notify };
}
