import { Command } from "commander";
import type { Terminal } from "../terminal.ts";

/** `bench init`: a commented models.yaml and a first task to start from. */
export function initCommand(terminal: Terminal): Command {
  return new Command("init")
    .description("Write a commented models.yaml and a first suite with one task; never overwrites a file")
    .argument("[folder]", "where", ".")
    .action(async (folder: string) => {
      const { writeStart } = await import("./init-files.ts");
      const { written, kept } = writeStart(folder);
      for (const path of written) terminal.print(`wrote ${path}`);
      for (const path of kept) terminal.print(`kept  ${path} (it was there)`);
      const there = folder === "." ? "" : `cd ${folder}, `;
      terminal.print(`\nNext: ${there}bench check my-suite, then bench run --suite my-suite`);
    });
}
