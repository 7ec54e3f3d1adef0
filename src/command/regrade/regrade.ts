import { Command } from "commander";
import { DB_FLAG, gather, wholeNumber } from "../flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { RegradeFlags } from "./start-regrade.ts";

/** `bench regrade`: the stored solutions of a run, graded with the tests of today. */
export function regradeCommand(terminal: Terminal, end: End): Command {
  return new Command("regrade")
    .description("Grade the stored solutions of a run again after a test was mended; no model is asked, and the old verdicts are kept")
    .argument("<run>", "id of a run, the start of it, or latest")
    .option("--suite <source>", "where its tasks are now, if not where they were; may be repeated", gather)
    .option("--task <name>", "only this task; * stands for any text, a leading ! takes out; may be repeated", gather)
    .option("--grading <n>", "gradings at once; default: one for each free processor", wholeNumber(1))
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (run: string, flags: RegradeFlags) => {
      const { startRegrade } = await import("./start-regrade.ts");
      end(await startRegrade(run, flags, terminal));
    });
}
