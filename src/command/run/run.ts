import { Command, Option } from "commander";
import { DB_FLAG, gather, positiveNumber, wholeNumber } from "../flag.ts";
import { SUITE_USAGE } from "../load-tasks.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { RunFlags } from "./run-settings.ts";

/** `bench run`: every chosen model on every chosen task, graded and stored. */
export function runCommand(terminal: Terminal, end: End): Command {
  return withExecutionFlags(withSubjectFlags(new Command("run")))
    .description("Run models on tasks in containers, grade with the hidden tests, and store everything")
    .option(
      "--resume <run>",
      "go on with a run that did not finish; only flags of pace and caps may be given with it: --concurrency, --grading, --max-cost, --max-tokens, --max-hours, --db, --json",
    )
    .option(...DB_FLAG)
    .option("--json", "print the results as JSON")
    .action(async (flags: RunFlags, command: Command) => {
      const [{ startRun }, { confirmRun }] = await Promise.all([import("./start-run.ts"), import("./confirm-run.ts")]);
      const given = (name: string): boolean => command.getOptionValueSource(name) === "cli";
      end(await startRun(flags, { terminal, given, confirm: (inputs, store) => confirmRun({ flags, inputs, store }, terminal) }));
    });
}

/** Adds the flags that say what is measured: models, prompts, tasks and the agent's bounds. */
export function withSubjectFlags(command: Command): Command {
  return command
    .option("--models <file>", "which models there are", "models.yaml")
    .option("--model <name>", "only this model; * stands for any text; may be repeated", gather)
    .option("--suite <source>", `${SUITE_USAGE}; may be repeated; default: all in tasks/`, gather)
    .option("--task <name>", "only this task; * stands for any text, a leading ! takes out; may be repeated", gather)
    .option("--attempts <n>", "how often each model tries each task", wholeNumber(1), 1)
    .option(
      "--prompt <file>",
      "system prompt in the place of the built-in one, which is called default; may be repeated to compare",
      gather,
    )
    .addOption(
      new Option("--profile <profile>", "which tools the agent has").choices(["full", "no-exec", "read-only", "bash-only"]).default("full"),
    )
    .option("--max-iterations <n>", "model responses a trial may take", wholeNumber(1), 20)
    .option("--max-minutes <n>", "working time a trial may take; waiting for a provider does not count", positiveNumber, 30)
    .option("--max-trial-cost <usd>", "dollars a trial may cost", positiveNumber)
    .option("--no-context-files", "do not show a task's project files (AGENTS.md and the like)");
}

/** Adds the flags that say how a run is carried out. */
export function withExecutionFlags(command: Command): Command {
  return command
    .option("--concurrency <n>", "agents at work at once; default: 4 for each free processor, as memory allows", wholeNumber(1))
    .option("--grading <n>", "gradings at once; default: one for each free processor", wholeNumber(1))
    .option("--max-cost <usd>", "dollars the run may spend in all: no request is sent that could pass it", positiveNumber)
    .option("--max-tokens <n>", "tokens the run may use in all", wholeNumber(1))
    .option("--max-hours <n>", "hours after which the run stops, to be resumed", positiveNumber)
    .option("--allow-unknown-prices", "under a cap on cost, run models without a known price too; they count as free")
    .option("--image <name>", "sandbox image of tasks that name none", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option("--runtime <name>", "OCI runtime of the containers, such as runsc")
    .option("--reuse", "take finished trials of the same arms and tasks over from earlier runs")
    .option("--tag <text>", "a name to find the run by; may be repeated", gather)
    .option(
      "--ask-above <usd>",
      "ask before a run that is expected to cost more, on a terminal; default: BENCH_ASK_ABOVE, or 5",
      positiveNumber,
    )
    .option("--yes", "do not ask");
}
