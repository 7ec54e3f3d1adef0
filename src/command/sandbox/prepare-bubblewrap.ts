import { join } from "node:path";
import { ownFolder } from "../../config/environment.ts";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import type { Layers } from "../../core/layer.ts";
import { oneLine } from "../../core/printable.ts";
import { type BubblewrapState, examineBubblewrap } from "../../sandbox/bubblewrap/availability.ts";
import { type BubblewrapOptions, bubblewrapSandboxProvider } from "../../sandbox/bubblewrap/bubblewrap-provider.ts";
import { prepareTreeFolder } from "../../sandbox/bubblewrap/tree-folder.ts";
import { hostSize, limitNotices } from "../../sandbox/fitted-limits.ts";
import { bubblewrapLayers } from "./agent-layers.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";

// The image that setup builds, and makes the root file system of bubblewrap from.
const SETUP_IMAGE = "bench-sandbox:latest";

/** What users should know where the limits of a whole sandbox cannot be enforced. */
export const NO_CGROUPS =
  "no cgroup can be created here, so memory is limited per process instead of per sandbox, and processor time is not limited";

/** Prepares sandboxes of bubblewrap; throws UserError with what to do when they cannot be opened. */
export async function prepareBubblewrap(
  runtime: string | null,
  { defaultImage, names, tasks = [], agents = [], notify = () => {} }: TaskImages,
): Promise<PreparedSandboxes> {
  if (runtime !== null)
    throw new UserError(
      `Cannot use runtime "${runtime}" with --sandbox bubblewrap: bubblewrap has no runtimes; omit --runtime, or use --sandbox docker`,
    );
  const whole = tasks.filter(({ machine }) => machine !== undefined);
  if (whole[0] !== undefined)
    throw new UserError(
      `Cannot run task "${whole[0].id}"${whole.length > 1 ? ` and ${whole.length - 1} more` : ""} with --sandbox bubblewrap: it needs a machine of its own, which only Docker can give; use --sandbox docker, or leave it out`,
    );
  const images = new Set(names);
  const other = [...images].find((image) => image !== SETUP_IMAGE);
  if (other !== undefined)
    throw new UserError(
      `Cannot use image "${other}" with --sandbox bubblewrap: it has the root file system of ${SETUP_IMAGE} and no other; use --sandbox docker, or leave out the tasks that name it`,
    );
  const state = await findBubblewrap();
  if (state.kind === "unusable") throw new UserError(`Cannot use bubblewrap: ${state.reason}`);
  const { rootFolder, cgroupHome } = state;
  const id = `bubblewrap:${state.rootId}`;
  const options = { rootFolder, image: { name: defaultImage, id }, cgroupHome };
  const trees = await prepareTrees(options, tasks, notify);
  const layers: Layers = agents.length > 0 ? bubblewrapLayers() : new Map();
  const provider = bubblewrapSandboxProvider({ ...options, layers, treeFolders: trees.folders });
  return {
    layers,
    imageIds: new Map([...images].map((image) => [image, id])),
    notices: [
      ...(cgroupHome === null ? [`Sandboxes are only partly limited: ${NO_CGROUPS}.`] : []),
      ...limitNotices(tasks, hostSize()),
      ...trees.notices,
    ],
    provider: () => provider,
  };
}

type Trees = { readonly folders: ReadonlyMap<string, string>; readonly notices: readonly string[] };

/** Where large trees are kept for sandboxes of bubblewrap. */
export function treeCache(): string {
  return join(ownFolder("XDG_CACHE_HOME", ".cache"), "bench", "trees");
}

const SMALL_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };

// Kernels before 5.11 do not let a user lay one folder over another.
async function prepareTrees(
  options: BubblewrapOptions,
  tasks: NonNullable<TaskImages["tasks"]>,
  notify: (text: string) => void,
): Promise<Trees> {
  const folders = new Map<string, string>();
  for (const { files } of tasks) {
    const tree = files?.tree?.();
    if (tree === undefined || folders.has(tree.digest)) continue;
    folders.set(tree.digest, await prepareTreeFolder(treeCache(), tree, notify));
    try {
      const provider = bubblewrapSandboxProvider({ ...options, treeFolders: folders });
      const sandbox = await provider.open({ image: null, limits: SMALL_LIMITS, purpose: "agent", tree }, new AbortController().signal);
      await sandbox.close();
    } catch (error) {
      if (!(error instanceof InfraError)) throw error;
      return {
        folders: new Map(),
        notices: [`Large workspaces are sent to each sandbox and kept in memory: ${oneLine(messageOf(error))}`],
      };
    }
  }
  return { folders, notices: [] };
}

/** Checks whether bubblewrap can be used with the root file system that setup made. */
export function findBubblewrap(): Promise<BubblewrapState> {
  return examineBubblewrap(join(ownFolder("XDG_CACHE_HOME", ".cache"), "bench", "rootfs"));
}
