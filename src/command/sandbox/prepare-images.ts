import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { languageOfImage } from "../../core/language.ts";
import { printable } from "../../core/printable.ts";
import { type SandboxProvider, WORKSPACE } from "../../core/sandbox.ts";
import { prepareImageWorkspace } from "../../sandbox/docker/build/image-workspace.ts";
import { prepareTree, type TreeImage } from "../../sandbox/docker/build/tree-image.ts";
import { dockerSandboxProvider, treeKey } from "../../sandbox/docker/docker-provider.ts";
import type { Engine } from "../../sandbox/docker/engine.ts";
import { hasPython } from "../../sandbox/docker/machine/python.ts";
import { asUserError, type PreparedEngine, SETUP_IMAGE } from "./prepare-engine.ts";
import type { TaskImages } from "./prepared-sandboxes.ts";

// For a sandbox in which files are only listed.
const SMALL_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };

/** The images of a run, and the tasks that name them. */
export type ImagesOfTasks = Pick<PreparedEngine, "imageIds"> & {
  readonly defaultImage: string;
  readonly tasks: NonNullable<TaskImages["tasks"]>;
};

/** Makes ready what images have below the workspace, and refuses tasks whose sandboxes do not have the room for it. */
export async function prepareWorkspaces(
  engine: Engine,
  { imageIds, defaultImage, tasks }: ImagesOfTasks,
): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>();
  for (const [name, id] of imageIds) {
    // Those that this program makes have nothing there.
    const isOwn = name === SETUP_IMAGE || languageOfImage(name) !== null || isOnlyForMachines(name, { defaultImage, tasks });
    const found = isOwn ? null : await asUserError(() => prepareImageWorkspace(engine, id));
    if (found === null) continue;
    images.set(name, found.image);
    const small = tasks.find((task) => (task.image ?? defaultImage) === name && task.sandbox.workspaceMb <= found.megabytes);
    if (small !== undefined)
      throw new UserError(
        `Cannot use image "${name}" for task "${small.id}": its ${found.entries} files below ${WORKSPACE} need ${found.megabytes} MB, and the workspace has ${small.sandbox.workspaceMb} MB; raise sandbox.workspace_mb in task.yaml`,
      );
  }
  return images;
}

/** The images that have files of their own in the workspace, and where the laying of trees is reported. */
export type TreeDeps = {
  readonly workspaceImages: ReadonlyMap<string, string>;
  readonly notify?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Lays the large workspaces of tasks into images, once for each content. One whose image has files of its own there is sent to each sandbox instead. */
export async function prepareTrees(
  engine: Engine,
  { imageIds, defaultImage, tasks }: ImagesOfTasks,
  { workspaceImages, notify = () => {}, signal }: TreeDeps,
): Promise<ReadonlyMap<string, TreeImage>> {
  const images = new Map<string, TreeImage>();
  for (const { image, machine, files } of tasks) {
    const tree = files?.tree?.();
    const name = image ?? defaultImage;
    const id = imageIds.get(name);
    if (tree === undefined || id === undefined || machine !== undefined || workspaceImages.has(name)) continue;
    if (images.has(treeKey(name, tree))) continue;
    const listRoot = () => rootEntries(dockerSandboxProvider(engine, { image: name, imageIds, runId: "image-root" }));
    images.set(treeKey(name, tree), await asUserError(() => prepareTree(engine, { tree, imageId: id, listRoot, notify, signal })));
  }
  return images;
}

async function rootEntries(sandboxes: SandboxProvider): Promise<readonly string[]> {
  const sandbox = await sandboxes.open({ image: null, limits: SMALL_LIMITS, purpose: "agent" }, new AbortController().signal);
  try {
    const listing = await sandbox.list({ path: "/", root: "/" }, { depth: 1, maxEntries: 10_000, skipInside: [] });
    // What a link leads to is closed by its own name.
    return listing.kind === "listed" ? listing.entries.filter(({ kind }) => kind !== "link").map(({ path }) => path) : [];
  } finally {
    await sandbox.close();
  }
}

/** Refuses machines whose image has no python3. */
export async function requirePython(engine: Engine, { imageIds, defaultImage, tasks }: ImagesOfTasks): Promise<void> {
  const lacking: string[] = [];
  for (const [name, id] of imageIds) {
    const users = tasks.filter((task) => task.machine !== undefined && (task.image ?? defaultImage) === name);
    if (users.length > 0 && !(await asUserError(() => hasPython(engine, id)))) lacking.push(...users.map((task) => task.id));
  }
  if (lacking.length > 0)
    throw new UserError(
      `Cannot open a machine for ${counted(lacking.length, "task")} (${printable(lacking.slice(0, 10).join(", "), 300)}): the image has no python3, which the program inside runs with; add it to the Dockerfile, build on another image with --base, or leave them out with --task`,
    );
}

// What is there stays in its place.
function isOnlyForMachines(name: string, { defaultImage, tasks }: Pick<ImagesOfTasks, "defaultImage" | "tasks">): boolean {
  const users = tasks.filter((task) => (task.image ?? defaultImage) === name);
  return users.length > 0 && users.every(({ machine }) => machine !== undefined);
}
