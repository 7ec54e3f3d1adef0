import { Command } from "commander";
import { DB_FLAG, gather, wholeNumber } from "../flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { ReplayFlags } from "./start-replay.ts";

/** `bench replay`: a stored trial, played again. */
export function replayCommand(terminal: Terminal, end: End): Command {
  return new Command("replay")
    .description(
      "Play a stored trial again in a fresh container, with its recorded answers and no model; exit code 1 if it comes out otherwise",
    )
    .argument("<trial>", "number of the trial, as bench report prints it", wholeNumber(1))
    .option("--suite <source>", "where its task is now, if not where it was; may be repeated", gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (trial: number, flags: ReplayFlags) => {
      const { startReplay } = await import("./start-replay.ts");
      end(await startReplay(trial, flags, terminal));
    });
}
