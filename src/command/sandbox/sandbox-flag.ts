import { Option } from "commander";

/** The names of the kinds of sandboxes. */
export const SANDBOX_KINDS = ["docker", "bubblewrap"] as const;

/** The kinds of sandboxes. */
export type SandboxKind = (typeof SANDBOX_KINDS)[number];

/** Makes the flag that chooses the kind of sandbox. */
export function sandboxOption(): Option {
  return new Option("--sandbox <kind>", "what creates the sandboxes: a Docker engine, or bubblewrap, which needs no engine")
    .choices(SANDBOX_KINDS)
    .default("docker");
}
