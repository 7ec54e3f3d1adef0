import { Command, Option } from "commander";
import { ARM_HELP, DB_FLAG, gather, increase, points, risk } from "../flag.ts";
import { OUTPUT_FLAG } from "../report/report-file.ts";
import { withExecutionFlags, withSubjectFlags } from "../run/run.ts";
import type { RunFlags } from "../run/run-settings.ts";
import type { End, Terminal } from "../terminal.ts";
import type { GateFlags } from "./gate-flags.ts";

/** Makes `bench gate`, which decides whether a candidate may replace its baseline and exits with the decision. */
export function gateCommand(terminal: Terminal, end: End): Command {
  const command = new Command("gate")
    .description(
      "Decide in CI whether a candidate passes against a baseline: exit code 0 passed, 1 worse or too expensive, 3 cannot tell, 4 too many results are missing; with --sequential it also runs both, in rounds, and stops as soon as the answer is known",
    )
    .argument("[candidate]", `${ARM_HELP}; default: the baseline's counterpart in the newest run, or the second arm of --sequential`)
    .option(
      "--baseline <arm>",
      "what the candidate is compared with: an arm, run, tag, branch or saved baseline; default with --sequential: the first arm",
    )
    .addOption(new Option("--max-drop <points>", "loss in pass rate that is accepted").argParser(points).default(0.05, "5pp"))
    .option("--max-cost-increase <percent>", "increase in cost that is accepted, such as 20%; default: cost is not checked", increase)
    .option("--alpha <risk>", "risk of each wrong claim, one-sided", risk, 0.05)
    .addOption(
      new Option(
        "--fail-when <rule>",
        "worse: the candidate is shown to be worse, and a drop beyond --max-drop is not excluded; beyond-margin: only a drop beyond --max-drop is shown; both pass once such a drop is excluded",
      )
        .choices(["worse", "beyond-margin"])
        .default("worse"),
    )
    .addOption(
      new Option(
        "--mode <mode>",
        "both fail and pass a candidate by the same rule; non-inferiority also refuses to start with too few trials to show that --max-drop is kept",
      )
        .choices(["regression", "non-inferiority"])
        .default("regression"),
    )
    .addOption(new Option("--on-inconclusive <result>", "outcome of an inconclusive gate; default: exit code 3").choices(["pass", "fail"]))
    .option("--allow-mismatch", "compare even if limits, image, tasks or harness differ")
    .option("--allow-underpowered", "let --mode non-inferiority start with too few trials")
    .option("--sequential", "run the arms one attempt at a time, at most --attempts (2 to 5), and stop as soon as the answer is known");
  return withExecutionFlags(withSubjectFlags(command))
    .option(
      "--trust-database",
      "of what --trust allows, only writing to a database from elsewhere, such as one that a cache of CI restored",
    )
    .option("--resume <run>", "resume a sequential gate that did not finish")
    .option(OUTPUT_FLAG[0], OUTPUT_FLAG[1], gather)
    .option(...DB_FLAG)
    .option("--json", "print JSON")
    .action(async (candidate: string | undefined, flags: GateFlags & RunFlags, self: Command) => {
      const [{ startGate }, { openTrust }] = await Promise.all([import("./start-gate.ts"), import("../trust/trust.ts")]);
      const given = (name: string): boolean => self.getOptionValueSource(name) === "cli";
      end(
        await startGate(
          { ...flags, ...(candidate === undefined ? {} : { candidate }) },
          { terminal, given, trust: openTrust(flags, terminal) },
        ),
      );
    });
}
