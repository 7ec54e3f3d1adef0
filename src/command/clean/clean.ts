import { Command } from "commander";
import type { Terminal } from "../terminal.ts";
import type { CleanFlags } from "./start-clean.ts";

/** `bench clean`: removes the containers that a killed process left behind. */
export function cleanCommand(terminal: Terminal): Command {
  return new Command("clean")
    .description("Remove sandbox containers left behind by a process that has gone; every run does this too when it starts")
    .option("--run <run>", "only those of this run, by its whole name")
    .option("--all", "also those whose process may still be at work, on whatever machine: ends runs under way")
    .option("--dry-run", "list them and remove nothing")
    .option("--json", "print JSON")
    .action(async (options: CleanFlags) => {
      const { startClean } = await import("./start-clean.ts");
      await startClean(options, terminal);
    });
}
