import { InfraError, UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { languageOfImage } from "../../core/language.ts";
import { printable } from "../../core/printable.ts";
import { type SandboxProvider, WORKSPACE } from "../../core/sandbox.ts";
import { workThrough } from "../../run/schedule.ts";
import { prepareImageWorkspace } from "../../sandbox/docker/build/image-workspace.ts";
import { buildTaskImage, type DueBuild, dueBuild } from "../../sandbox/docker/build/task-image.ts";
import { prepareTree, type TreeImage } from "../../sandbox/docker/build/tree-image.ts";
import { engineDisk } from "../../sandbox/docker/disk-space.ts";
import { dockerSandboxProvider, treeKey } from "../../sandbox/docker/docker-provider.ts";
import { connectEngine, describeEngine, type Engine, imageId } from "../../sandbox/docker/engine.ts";
import { hasPython } from "../../sandbox/docker/machine/python.ts";
import { sweepSandboxes } from "../../sandbox/docker/sweep.ts";
import { limitNotices, type MachineSize } from "../../sandbox/fitted-limits.ts";
import { languageImageId } from "./language-build.ts";
import type { ImageBuilds, PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";

/**
 * A Docker engine that answers, with the digests of the images that will be used.
 *
 * @internal
 */
export type PreparedEngine = { readonly engine: Engine; readonly imageIds: ReadonlyMap<string, string> };

const MIN_FREE_MB = 500;
// What setup builds.
/** The image that setup builds, and that images of languages are built on unless a run names another. */
export const SETUP_IMAGE = "bench-sandbox:latest";
const RUNTIME_TEST_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
// What old versions of gVisor fail at.
const RUNTIME_TEST = "stat / && ls -l /";

/** Prepares sandboxes on the Docker engine; throws UserError with what to do when they cannot be opened. */
export async function prepareDocker(
  runtime: string | null,
  { defaultImage, names, tasks = [], builds, notify: notifyNow }: TaskImages,
): Promise<PreparedSandboxes> {
  const { engine, imageIds } = await prepareEngine(names, { base: defaultImage, builds, notify: notifyNow });
  const [image] = imageIds.keys();
  const machine = await engineSize(engine);
  const isTried = runtime !== null && image !== undefined;
  const ofRuntime = isTried ? await runtimeNotices(dockerSandboxProvider(engine, { image, runtime, runId: "runtime-test" }), runtime) : [];
  await requirePython(engine, { imageIds, defaultImage, tasks });
  const workspaceImages = await prepareWorkspaces(engine, { imageIds, defaultImage, tasks });
  const treeImages =
    runtime === null
      ? await prepareTrees(engine, { imageIds, defaultImage, tasks }, { workspaceImages, notify: notifyNow, signal: builds?.signal })
      : new Map();
  const common = { image: defaultImage, imageIds, workspaceImages, treeImages, runtime, machine };
  return {
    imageIds,
    notices: [...ofRuntime, ...limitNotices(tasks, machine)],
    provider: (runId, notify) => dockerSandboxProvider(engine, { ...common, runId, notify }),
  };
}

type Workspaces = Pick<PreparedEngine, "imageIds"> & { readonly defaultImage: string; readonly tasks: NonNullable<TaskImages["tasks"]> };

/** Makes ready what images have below the workspace, and refuses tasks whose sandboxes do not have the room for it. */
async function prepareWorkspaces(engine: Engine, { imageIds, defaultImage, tasks }: Workspaces): Promise<ReadonlyMap<string, string>> {
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

type TreeDeps = {
  readonly workspaceImages: ReadonlyMap<string, string>;
  readonly notify?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** Lays the large workspaces of tasks into images, once for each content. One whose image has files of its own there is sent to each sandbox instead. */
async function prepareTrees(
  engine: Engine,
  { imageIds, defaultImage, tasks }: Workspaces,
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
  const sandbox = await sandboxes.open({ image: null, limits: RUNTIME_TEST_LIMITS, purpose: "agent" }, new AbortController().signal);
  try {
    const listing = await sandbox.list({ path: "/", root: "/" }, { depth: 1, maxEntries: 10_000, skipInside: [] });
    // What a link leads to is closed by its own name.
    return listing.kind === "listed" ? listing.entries.filter(({ kind }) => kind !== "link").map(({ path }) => path) : [];
  } finally {
    await sandbox.close();
  }
}

/** Refuses machines whose image has no python3. */
async function requirePython(engine: Engine, { imageIds, defaultImage, tasks }: Workspaces): Promise<void> {
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
function isOnlyForMachines(name: string, { defaultImage, tasks }: Pick<Workspaces, "defaultImage" | "tasks">): boolean {
  const users = tasks.filter((task) => (task.image ?? defaultImage) === name);
  return users.length > 0 && users.every(({ machine }) => machine !== undefined);
}

// Before a run starts, such a failure is for the user to fix.
async function asUserError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}

async function engineSize(engine: Engine): Promise<MachineSize> {
  const { cpus, memoryMb } = await asUserError(() => describeEngine(engine));
  return { cpus, memoryMb };
}

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
 * Throws UserError with what to do when that fails.
 *
 * @internal
 */
export async function prepareEngine(
  images: Iterable<string>,
  { engine = connectEngine(), minFreeMb = MIN_FREE_MB, base = SETUP_IMAGE, builds, notify = () => {} }: PrepareOptions = {},
): Promise<PreparedEngine> {
  const imageIds = new Map<string, string>();
  try {
    if (builds !== undefined) await buildImages(engine, builds, notify);
    await sweepSandboxes(engine, { which: "abandoned" });
    // One after the other: images of languages are built by the whole machine.
    for (const image of new Set(images)) {
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
  return { engine, imageIds };
}

// Each build may use half of the engine's memory.
const MAX_BUILDS = 2;

// Equal folders have equal names: each is built once, however many tasks name it. All are allowed before the first is built.
async function buildImages(
  engine: Engine,
  { images, confirm, network, signal }: ImageBuilds,
  notify: (text: string) => void,
): Promise<void> {
  const distinct = [...new Map(images.map((image) => [image.image, image])).values()];
  const due: DueBuild[] = [];
  for (const image of distinct) {
    const build = await dueBuild(engine, image, network);
    if (build !== null) due.push(build);
  }
  if (due.length === 0) return;
  await confirm(due.map(({ image, digest, folder }) => ({ kind: "build", image: `${image}@sha256:${digest}`, folder, network })));
  const schedule = { concurrency: MAX_BUILDS, signal: signal ?? new AbortController().signal };
  await workThrough(due, schedule, (build) => buildTaskImage(engine, build, { notify, signal }));
  signal?.throwIfAborted();
}

async function refuseFullDisk(engine: Engine, minFreeMb: number): Promise<void> {
  const disk = await engineDisk(engine);
  if (disk === null || disk.freeMb >= minFreeMb) return;
  throw new UserError(
    `Cannot use the engine's disk at "${disk.path}": ${disk.freeMb} MB are free; make room for at least ${minFreeMb} MB ("docker system df" shows what takes it)`,
  );
}

/**
 * Opens a sandbox under a runtime that the user asked for and returns a warning for each known problem of the runtime; throws UserError when none opens.
 *
 * @internal
 */
export async function runtimeNotices(sandboxes: SandboxProvider, runtime: string): Promise<readonly string[]> {
  try {
    const request = { image: null, limits: RUNTIME_TEST_LIMITS, purpose: "agent" } as const;
    const sandbox = await sandboxes.open(request, new AbortController().signal);
    try {
      const { exit } = await sandbox.run({ command: RUNTIME_TEST, cwd: WORKSPACE, env: {}, timeoutMs: 20_000, maxOutputBytes: 0 });
      if (exit.kind === "exited" && exit.code === 0) return [];
      return [
        `Runtime ${runtime}: the programs stat and ls fail under it, and so do solutions and tests that use them; a newer version may work.`,
      ];
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}
