import { Command, Option } from "commander";
import { BASE_FLAG, gather, IMAGES_FLAG } from "../flag.ts";
import { SUITE_USAGE } from "../load-tasks.ts";
import type { End, Terminal } from "../terminal.ts";
import type { ExportFlags } from "./start-export.ts";

/** Builds `bench export-tasks`, which writes tasks in a format that other harnesses read. */
export function exportTasksCommand(terminal: Terminal, end: End): Command {
  return new Command("export-tasks")
    .description(
      "Write the tasks of a suite in Harbor's format, a folder for each: their image, hidden tests with a program that runs them, and reference solution",
    )
    .argument("[suite]", `${SUITE_USAGE}; default: all in tasks/`)
    .addOption(new Option("--as <format>", "the format").choices(["harbor"]).default("harbor"))
    .requiredOption("--out <folder>", "folder to write to; nothing in it is overwritten")
    .option("--task <name>", "only this task; * matches anything, a leading ! excludes; may be repeated", gather)
    .option(
      "--from <image>",
      "image to build environments on, which has what the tests need; default: a public one by test runner, or the task's own",
    )
    .option(...BASE_FLAG, gather)
    .option(...IMAGES_FLAG)
    .action(async (suite: string | undefined, flags: ExportFlags) => {
      const { startExport } = await import("./start-export.ts");
      end(await startExport(suite === undefined ? [] : [suite], flags, terminal));
    });
}
