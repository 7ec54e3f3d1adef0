import { Command } from "commander";
import { BASE_FLAG, BUILD_NETWORK_FLAG, gather, IMAGES_FLAG, PASS_AT_FLAG, positiveNumber, TRUST_FLAG, wholeNumber } from "../flag.ts";
import { SUITE_USAGE } from "../load-tasks.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { CheckFlags } from "./start-check.ts";

/** Builds `bench check`, which tests the tests of tasks. */
export function checkCommand(terminal: Terminal, end: End): Command {
  return new Command("check")
    .description(
      "Check that tasks measure what they should: the reference solution passes, the untouched workspace and every wrong solution fail, and repeats agree; exit code 1 if not",
    )
    .argument("[suite]", `${SUITE_USAGE}; default: all in tasks/`)
    .option("--suite <source>", "same as [suite]; may be repeated", gather)
    .option("--task <name>", "only this task; * matches anything, a leading ! excludes; may be repeated", gather)
    .option("--repeats <n>", "times each solution is graded", wholeNumber(1), 3)
    .option("--grading <n>", "gradings at a time; default: one per free processor", wholeNumber(1))
    .option("--image <name>", "sandbox image for tasks that do not name one", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option("--runtime <name>", "OCI runtime of the containers, such as runsc")
    .option(...BASE_FLAG, gather)
    .option(...IMAGES_FLAG)
    .option(...PASS_AT_FLAG, positiveNumber)
    .option(...BUILD_NETWORK_FLAG)
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (suite: string | undefined, flags: CheckFlags) => {
      const [{ startCheck }, { openTrust }] = await Promise.all([import("./start-check.ts"), import("../trust/trust.ts")]);
      const sources = [...(suite === undefined ? [] : [suite]), ...(flags.suite ?? [])];
      end(await startCheck({ ...flags, suite: sources }, { terminal, trust: openTrust(flags, terminal) }));
    });
}
