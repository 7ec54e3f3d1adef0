import { Option } from "commander";

const KINDS = ["docker", "bubblewrap"] as const;

/** The kinds of sandboxes. */
export type SandboxKind = (typeof KINDS)[number];

/** Makes the flag that chooses the kind of sandbox. */
export function sandboxOption(): Option {
  return new Option("--sandbox <kind>", "what creates the sandboxes: a Docker engine, or bubblewrap, which needs no engine")
    .choices(KINDS)
    .default("docker");
}
