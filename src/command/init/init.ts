import { Command, Option } from "commander";
import { TRUST_FLAG } from "../flag.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import { EXAMPLE_LANGUAGES } from "./example-language.ts";
import type { InitFlags } from "./start-init.ts";

/** Builds `bench init`, which writes a commented models.yaml and a first task, or begins with tasks that exist. */
export function initCommand(terminal: Terminal, end: End): Command {
  return new Command("init")
    .description(
      "Write a commented models.yaml and a first suite with one task; never overwrites a file; on a terminal, asks what to begin with",
    )
    .argument("[folder]", "folder to write to", ".")
    .addOption(new Option("--language <name>", "language of the first task; default: python").choices(EXAMPLE_LANGUAGES))
    .option(
      "--from <source>",
      "begin with tasks that exist instead: git:REPOSITORY makes some of its history, as bench import git does; any other suite, such as exercism:PATH, is read where it is",
    )
    .addOption(sandboxOption())
    .option(...TRUST_FLAG)
    .action(async (folder: string, flags: InitFlags) => {
      const { startInit } = await import("./start-init.ts");
      end(await startInit(folder, flags, terminal));
    });
}
