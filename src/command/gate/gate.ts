import { Command, Option } from "commander";
import { ARM_HELP } from "../arm-choice.ts";
import { DB_FLAG, gather, increase, points, risk } from "../flag.ts";
import { OUTPUT_FLAG } from "../report/report-file.ts";
import { withExecutionFlags, withSubjectFlags } from "../run/run.ts";
import type { RunFlags } from "../run/run-settings.ts";
import type { End, Terminal } from "../terminal.ts";
import type { GateFlags } from "./gate-options.ts";

/** `bench gate`: whether a candidate may take the place of its baseline, as an exit code. */
export function gateCommand(terminal: Terminal, end: End): Command {
  const command = new Command("gate")
    .description(
      "Judge a candidate against a baseline for CI: exit code 0 passed, 1 worse or too expensive, 3 cannot tell, 4 too much is missing; with --sequential it also runs both, in rounds, and stops as soon as the answer is known",
    )
    .argument("[candidate]", `${ARM_HELP}; default: the baseline's counterpart in the newest run, or the second arm of --sequential`)
    .option(
      "--baseline <arm>",
      "what it is compared with: an arm, run, tag, branch or saved baseline; default with --sequential: the first arm",
    )
    .option("--max-drop <points>", "loss in pass rate that is accepted", points, 0.05)
    .option("--max-cost-increase <percent>", "how much more the candidate may cost, such as 20%", increase)
    .option("--alpha <risk>", "risk of each wrong claim, one-sided", risk, 0.05)
    .addOption(
      new Option(
        "--mode <mode>",
        "guard blocks what is shown to be worse; prove also refuses to start with too few trials to show that --max-drop is kept",
      )
        .choices(["guard", "prove"])
        .default("guard"),
    )
    .addOption(new Option("--on-inconclusive <result>", "what an open question counts as; default: exit code 3").choices(["pass", "fail"]))
    .option("--allow-mismatch", "judge even where limits, image, tasks or harness differ")
    .option("--allow-underpowered", "let --mode prove start with too few trials")
    .option("--sequential", "run the arms one attempt at a time, at most --attempts (2 to 5), and stop as soon as the answer is known");
  return withExecutionFlags(withSubjectFlags(command))
    .option("--resume <run>", "go on with a sequential gate that did not finish")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (candidate: string | undefined, flags: GateFlags & RunFlags, self: Command) => {
      const { startGate } = await import("./start-gate.ts");
      const given = (name: string): boolean => self.getOptionValueSource(name) === "cli";
      end(await startGate({ ...flags, ...(candidate === undefined ? {} : { candidate }) }, { terminal, given }));
    });
}
