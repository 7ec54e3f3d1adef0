import { Command } from "commander";
import type { Terminal } from "../terminal.ts";

/** Builds `bench init`, which writes a commented models.yaml and a first task. */
export function initCommand(terminal: Terminal): Command {
  return new Command("init")
    .description("Write a commented models.yaml and a first suite with one task; never overwrites a file")
    .argument("[folder]", "folder to write to", ".")
    .action(async (folder: string) => {
      const { writeStart } = await import("./init-files.ts");
      const { written, kept } = writeStart(folder);
      for (const path of written) terminal.print(`wrote ${path}`);
      for (const path of kept) terminal.print(`kept  ${path} (it already exists)`);
      const changeFolder = folder === "." ? "" : `cd ${folder}, `;
      terminal.print(`\nNext: ${changeFolder}bench check my-suite, then bench run --suite my-suite`);
    });
}
