import { homedir } from "node:os";
import { join } from "node:path";
import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import type { OpenSandbox } from "../../core/sandbox.ts";
import type { Task } from "../../core/task.ts";
import { type BubblewrapState, examineBubblewrap } from "../../sandbox/bubblewrap/availability.ts";
import { openBubblewrapSandbox } from "../../sandbox/bubblewrap/bubblewrap-sandbox.ts";
import { openDockerSandbox } from "../../sandbox/docker/docker-sandbox.ts";
import type { TaskImage } from "../../sandbox/docker/task-image.ts";
import { readyEngine } from "./engine-ready.ts";
import { noticesOfRuntime } from "./runtime-notice.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

/**
 * Sandboxes that can be opened, the ids of what they are made from by image, and what the user should know of them. `opener` takes who is told while
 * they are used, such as that the engine has to be waited for.
 */
export type ReadySandbox = {
  readonly opener: (notify: (text: string) => void) => OpenSandbox;
  readonly imageIds: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
};

// Runs of the first versions chose nothing, which is Docker.
type SandboxChoice = { readonly sandbox?: SandboxKind; readonly runtime?: string };

/** The images of tasks: their names, and what those that have to be built are built from. */
export type Images = { readonly names: Iterable<string>; readonly builds?: readonly TaskImage[]; readonly notify?: (text: string) => void };

/** The images that tasks are run in, where those without one of their own are run in `usual`. */
export function imagesOf(tasks: readonly Pick<Task, "image" | "imageFolder">[], usual: string, notify: (text: string) => void): Images {
  const builds = tasks.flatMap(({ image, imageFolder }) =>
    image !== null && imageFolder !== undefined ? [{ image, folder: imageFolder }] : [],
  );
  return { names: tasks.map(({ image }) => image ?? usual), builds, notify };
}

// The image that setup makes, and bubblewrap's root file system with it.
const OWN_IMAGE = "bench-sandbox:latest";

/** What is said where bubblewrap's machines are not bounded as a whole. */
export const NO_CGROUPS =
  "no cgroup can be made here: memory is bounded for each process and not for a whole sandbox, processor time is not bounded";

/** Makes sure, before anything is paid for, that sandboxes of these images can be opened; throws UserError with what to do when they cannot. */
export async function readySandbox({ sandbox, runtime }: SandboxChoice, { names, ...making }: Images): Promise<ReadySandbox> {
  if (sandbox === "bubblewrap") return readyBubblewrap(runtime, new Set(names));
  const { engine, imageIds } = await readyEngine(names, making);
  const [image] = imageIds.keys();
  const isTried = runtime !== undefined && image !== undefined;
  const notices = isTried ? await noticesOfRuntime(openDockerSandbox(engine), { image, runtime }) : [];
  return { opener: (notify) => openDockerSandbox(engine, { notify }), imageIds, notices };
}

async function readyBubblewrap(runtime: string | undefined, images: ReadonlySet<string>): Promise<ReadySandbox> {
  if (runtime !== undefined)
    throw new UserError(
      `Cannot use runtime "${runtime}" with --sandbox bubblewrap: it has none; leave --runtime out, or use --sandbox docker`,
    );
  const other = [...images].find((image) => image !== OWN_IMAGE);
  if (other !== undefined)
    throw new UserError(
      `Cannot use image "${other}" with --sandbox bubblewrap: it has the root file system of ${OWN_IMAGE} and no other; use --sandbox docker, or leave out the tasks that name it`,
    );
  const state = await lookAtBubblewrap();
  if (state.kind === "unusable") throw new UserError(`Cannot use bubblewrap: ${state.reason}`);
  const { rootFolder, cgroupHome } = state;
  return {
    opener: () => openBubblewrapSandbox({ rootFolder, cgroupHome }),
    imageIds: new Map([...images].map((image) => [image, `bubblewrap:${state.rootId}`])),
    notices: cgroupHome === null ? [`Sandboxes are bounded in part: ${NO_CGROUPS}.`] : [],
  };
}

/** Looks whether bubblewrap can be used with what setup made. */
export function lookAtBubblewrap(): Promise<BubblewrapState> {
  return examineBubblewrap(join(environmentVariable("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "bench", "rootfs"));
}
