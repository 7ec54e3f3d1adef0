import { Command } from "commander";
import { BUILD_NETWORK_FLAG, DB_FLAG, gather, TRUST_FLAG, wholeNumber } from "../flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { ReplayFlags } from "./start-replay.ts";

/** Builds `bench replay`, which repeats a stored trial from its recorded answers. */
export function replayCommand(terminal: Terminal, end: End): Command {
  return new Command("replay")
    .description("Replay a stored trial in a fresh container from its recorded answers, without a model; exit code 1 if the result differs")
    .argument("<trial>", "number of the trial, as bench report prints it", wholeNumber(1))
    .option("--suite <source>", "suite that now holds its task, if it was moved; may be repeated", gather)
    .option(...DB_FLAG)
    .option(...BUILD_NETWORK_FLAG)
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (trial: number, flags: ReplayFlags) => {
      const [{ startReplay }, { openTrust }] = await Promise.all([import("./start-replay.ts"), import("../trust/trust.ts")]);
      end(await startReplay(trial, flags, { terminal, trust: openTrust(flags, terminal) }));
    });
}
