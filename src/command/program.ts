import { Command, type Help } from "commander";
import { baselineCommand } from "./baseline.ts";
import { checkCommand } from "./check.ts";
import { cleanCommand } from "./clean.ts";
import { compareCommand } from "./compare.ts";
import { doctorCommand } from "./doctor.ts";
import { gateCommand } from "./gate.ts";
import { initCommand } from "./init.ts";
import { listCommand } from "./list.ts";
import { planCommand } from "./plan.ts";
import { regradeCommand } from "./regrade.ts";
import { replayCommand } from "./replay.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";
import { showCommand } from "./show.ts";
import type { End, Terminal } from "./terminal.ts";
import { trendCommand } from "./trend.ts";
import { harnessVersion } from "./version.ts";

/** Builds the whole command line. The README's reference is written from it. */
export function buildProgram(terminal: Terminal, end: End): Command {
  const program = new Command("bench")
    .description("Compare coding models on your own tasks: same agent loop, isolated containers, hidden tests, honest statistics.")
    .version(harnessVersion())
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 a check that you asked for failed, 2 a mistake in a file, flag or key, 3 a gate cannot tell, 4 infrastructure kept it from finishing or trials ended in errors, 70 a bug, 130 interrupted.",
    );
  const commands = [
    runCommand,
    planCommand,
    compareCommand,
    gateCommand,
    baselineCommand,
    trendCommand,
    reportCommand,
    listCommand,
    showCommand,
    regradeCommand,
    replayCommand,
    checkCommand,
    doctorCommand,
    cleanCommand,
    initCommand,
  ];
  for (const command of commands) program.addCommand(command(terminal, end));
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureHelp({ sortOptions: false } satisfies Partial<Help>);
    command.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "bench: ")) });
  }
  return program;
}
