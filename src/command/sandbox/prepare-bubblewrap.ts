import { join } from "node:path";
import { ownFolder } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { type BubblewrapState, examineBubblewrap } from "../../sandbox/bubblewrap/availability.ts";
import { bubblewrapSandboxProvider } from "../../sandbox/bubblewrap/bubblewrap-provider.ts";
import { hostSize, limitNotices } from "../../sandbox/fitted-limits.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";

// The image that setup builds, and makes the root file system of bubblewrap from.
const SETUP_IMAGE = "bench-sandbox:latest";

/** What users should know where the limits of a whole sandbox cannot be enforced. */
export const NO_CGROUPS =
  "no cgroup can be created here, so memory is limited per process instead of per sandbox, and processor time is not limited";

/** Prepares sandboxes of bubblewrap; throws UserError with what to do when they cannot be opened. */
export async function prepareBubblewrap(
  runtime: string | null,
  { defaultImage, names, tasks = [] }: TaskImages,
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
  const provider = bubblewrapSandboxProvider({ rootFolder, image: { name: defaultImage, id }, cgroupHome });
  return {
    imageIds: new Map([...images].map((image) => [image, id])),
    notices: [...(cgroupHome === null ? [`Sandboxes are only partly limited: ${NO_CGROUPS}.`] : []), ...limitNotices(tasks, hostSize())],
    provider: () => provider,
  };
}

/** Checks whether bubblewrap can be used with the root file system that setup made. */
export function findBubblewrap(): Promise<BubblewrapState> {
  return examineBubblewrap(join(ownFolder("XDG_CACHE_HOME", ".cache"), "bench", "rootfs"));
}
