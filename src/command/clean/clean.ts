import { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import type { CleanFlags } from "./start-clean.ts";

/** Builds `bench clean`, which removes the containers that a killed process left behind, and images that no run takes any more. */
export function cleanCommand(terminal: Terminal): Command {
  return new Command("clean")
    .description(
      "Remove sandbox containers and frozen machines left behind by processes that are no longer running, which every run does too when it starts, images of languages that were built for an earlier sandbox image, images with large workspaces of tasks that are gone, and installations of agents that were broken off",
    )
    .option("--run <run>", "only the containers of this run, and no image; needs its full id")
    .option("--all", "also containers whose process may still be running, on any machine; this ends runs in progress")
    .option("--agents", "also the agents that setup installed")
    .option("--dry-run", "list the containers and images without removing any")
    .option("--json", "print JSON")
    .action(async (options: CleanFlags) => {
      const { startClean } = await import("./start-clean.ts");
      await startClean(options, terminal);
    });
}
