import { prepareBubblewrap } from "./prepare-bubblewrap.ts";
import { prepareDocker } from "./prepare-docker.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

// Runs of the first versions stored no choice, which means Docker.
type SandboxChoice = { readonly sandbox?: SandboxKind; readonly runtime?: string };

/** Makes sure, before anything is paid for, that sandboxes of these images can be opened; throws UserError with what to do when they cannot. */
export function prepareSandboxes({ sandbox = "docker", runtime }: SandboxChoice, images: TaskImages): Promise<PreparedSandboxes> {
  return sandbox === "bubblewrap" ? prepareBubblewrap(runtime ?? null, images) : prepareDocker(runtime ?? null, images);
}
