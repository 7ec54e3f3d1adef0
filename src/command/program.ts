import { Command, type Help } from "commander";
import { baselineCommand } from "./baseline/baseline.ts";
import { checkCommand } from "./check/check.ts";
import { cleanCommand } from "./clean/clean.ts";
import { compareCommand } from "./compare/compare.ts";
import { doctorCommand } from "./doctor/doctor.ts";
import { exportTasksCommand } from "./export/export-tasks.ts";
import { gateCommand } from "./gate/gate.ts";
import { importCommand } from "./import/import.ts";
import { initCommand } from "./init/init.ts";
import { listCommand } from "./list/list.ts";
import { modelsCommand } from "./models/models.ts";
import { planCommand } from "./plan/plan.ts";
import { regradeCommand } from "./regrade/regrade.ts";
import { replayCommand } from "./replay/replay.ts";
import { reportCommand } from "./report/report.ts";
import { runCommand } from "./run/run.ts";
import { setupCommand } from "./setup/setup.ts";
import { showCommand } from "./show/show.ts";
import type { End, Terminal } from "./terminal.ts";
import { trendCommand } from "./trend/trend.ts";
import { harnessVersion } from "./version.ts";

const EXIT_CODES = `
Exit codes:
    0  done
    1  a check that you asked for failed
    2  a mistake in a file, flag or key
    3  a gate is inconclusive
    4  the infrastructure failed, or trials ended in errors
   70  a bug in bench
  130  interrupted`;

// A narrow terminal gets narrow columns of help rather than lines that it breaks anywhere.
const HELP: Partial<Help> = { sortOptions: false, minWidthToWrap: 20 };

/** Builds the whole command line. The reference in docs/cli.md is generated from it. */
export function buildProgram(terminal: Terminal, end: End): Command {
  const program = new Command("bench")
    .description("Compare coding models on your own tasks: same agent loop, isolated containers, hidden tests, honest statistics.")
    .version(harnessVersion())
    .addHelpText("after", EXIT_CODES);
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
    setupCommand,
    doctorCommand,
    modelsCommand,
    cleanCommand,
    initCommand,
    importCommand,
    exportTasksCommand,
  ];
  for (const command of commands) program.addCommand(command(terminal, end));
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureHelp(HELP);
    command.configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.notify(text),
      outputError: (text) => terminal.notify(text.replace(/^error: /, "bench: ")),
    });
  }
  return program;
}
