import { Command } from "commander";
import { gather, wholeNumber } from "../flag.ts";
import { SUITE_USAGE } from "../load-tasks.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { CheckFlags } from "./start-check.ts";

/** `bench check`: whether tasks measure what they say. */
export function checkCommand(terminal: Terminal, end: End): Command {
  return new Command("check")
    .description(
      "Check tasks: the reference passes, the untouched workspace and every wrong solution fail, repeats agree; exit code 1 if not",
    )
    .argument("[suite]", `${SUITE_USAGE}; default: all in tasks/`)
    .option("--suite <source>", "the same; may be repeated", gather)
    .option("--task <name>", "only this task; * stands for any text, a leading ! takes out; may be repeated", gather)
    .option("--repeats <n>", "how often each solution is graded", wholeNumber(1), 3)
    .option("--grading <n>", "gradings at once; default: one for each free processor", wholeNumber(1))
    .option("--image <name>", "sandbox image of tasks that name none", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option("--runtime <name>", "OCI runtime of the containers, such as runsc")
    .option("--json", "print JSON")
    .action(async (suite: string | undefined, flags: CheckFlags) => {
      const { startCheck } = await import("./start-check.ts");
      const sources = [...(suite === undefined ? [] : [suite]), ...(flags.suite ?? [])];
      end(await startCheck({ ...flags, suite: sources }, terminal));
    });
}
