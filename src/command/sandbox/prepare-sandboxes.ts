import type { SandboxProvider } from "../../core/sandbox.ts";
import { patchesIn } from "../../run/apply-patches.ts";
import { prepareBubblewrap } from "./prepare-bubblewrap.ts";
import { prepareDocker } from "./prepare-docker.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

// Runs of the first versions stored no choice, which means Docker.
type SandboxChoice = { readonly sandbox?: SandboxKind; readonly runtime?: string };

/** Makes sure, before anything is paid for, that sandboxes of these images can be opened; throws UserError with what to do when they cannot. */
export async function prepareSandboxes({ sandbox = "docker", runtime }: SandboxChoice, images: TaskImages): Promise<PreparedSandboxes> {
  const prepare = sandbox === "bubblewrap" ? prepareBubblewrap : prepareDocker;
  const prepared = await prepare(runtime ?? null, images);
  return { ...prepared, provider: (...run) => provided(prepared.provider(...run), images) };
}

// Some tasks have their files in their images.
function provided(sandboxes: SandboxProvider, { tasks = [] }: TaskImages): SandboxProvider {
  for (const { files } of tasks) files?.provide?.(patchesIn(sandboxes));
  return sandboxes;
}
