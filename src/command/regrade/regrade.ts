import { Command } from "commander";
import { BUILD_NETWORK_FLAG, DB_FLAG, gather, TRUST_FLAG, wholeNumber } from "../flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { RegradeFlags } from "./start-regrade.ts";

/** Builds `bench regrade`, which grades the stored submissions of a run with the tests as they are now. */
export function regradeCommand(terminal: Terminal, end: End): Command {
  return new Command("regrade")
    .description("Grade the stored submissions of a run again after a test was fixed; no model is called, and the old verdicts are kept")
    .argument("<run>", "id of a run, the start of it, or latest")
    .option("--suite <source>", "suite that now holds its tasks, if they were moved; may be repeated", gather)
    .option("--task <name>", "only this task; * matches anything, a leading ! excludes; may be repeated", gather)
    .option("--grading <n>", "gradings at a time; default: one per free processor", wholeNumber(1))
    .option(...DB_FLAG)
    .option(...BUILD_NETWORK_FLAG)
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (run: string, flags: RegradeFlags) => {
      const [{ startRegrade }, { openTrust }] = await Promise.all([import("./start-regrade.ts"), import("../trust/trust.ts")]);
      end(await startRegrade(run, flags, { terminal, trust: openTrust(flags, terminal) }));
    });
}
