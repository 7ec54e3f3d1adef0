import { Command, Option } from "commander";
import { TOOL_PROFILES } from "../../core/agent.ts";
import {
  BASE_FLAG,
  BUILD_NETWORK_FLAG,
  DB_FLAG,
  gather,
  IMAGES_FLAG,
  PASS_AT_FLAG,
  positiveNumber,
  TRUST_FLAG,
  wholeNumber,
} from "../flag.ts";
import { SUITE_USAGE } from "../load-tasks.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { RunFlags } from "./run-settings.ts";
import type { RunDeps } from "./start-run.ts";

/** Builds `bench run`, which runs every chosen model on every chosen task, grades and stores the results. */
export function runCommand(terminal: Terminal, end: End): Command {
  return withExecutionFlags(withSubjectFlags(new Command("run")))
    .description("Run models on tasks in sandboxes, grade with the hidden tests, and store everything")
    .option(
      "--resume <run>",
      "resume a run that did not finish; only these flags may be added: --concurrency, --grading, --max-cost, --max-tokens, --max-hours, --allow-unknown-prices, --build-network, --trust, --no-probe, --db, --json",
    )
    .option(...DB_FLAG)
    .option("--json", "print the results as JSON")
    .action(async (flags: RunFlags, command: Command) => {
      const [{ startRun }, { confirmRun }, { openTrust }] = await Promise.all([
        import("./start-run.ts"),
        import("./confirm-run.ts"),
        import("../trust/trust.ts"),
      ]);
      const given = (name: string): boolean => command.getOptionValueSource(name) === "cli";
      const confirm: RunDeps["confirm"] = (inputs, store) => confirmRun({ flags, inputs, store }, terminal);
      end(await startRun(flags, { terminal, given, confirm, trust: openTrust(flags, terminal) }));
    });
}

/** Adds the flags that decide what is measured: models, prompts, tasks and the agent's limits. */
export function withSubjectFlags(command: Command): Command {
  return command
    .option("--models <file>", "file with the models", "models.yaml")
    .option("--model <name>", "only this model; * matches anything; may be repeated", gather)
    .option("--suite <source>", `${SUITE_USAGE}; may be repeated; default: all in tasks/`, gather)
    .option("--task <name>", "only this task; * matches anything, a leading ! excludes; may be repeated", gather)
    .option(...BASE_FLAG, gather)
    .option(...IMAGES_FLAG)
    .option(...PASS_AT_FLAG, positiveNumber)
    .option("--attempts <n>", "attempts of each model at each task", wholeNumber(1), 1)
    .option(
      "--prompt <file>",
      "file with a system prompt; the word default selects the built-in one; may be repeated to compare prompts",
      gather,
    )
    .option(
      "--overlay <folder>",
      "folder whose files, such as AGENTS.md, are laid over the workspace; the word none lays nothing; may be repeated to compare folders",
      gather,
    )
    .addOption(new Option("--profile <profile>", "tools of the agent").choices(TOOL_PROFILES).default("full"))
    .option("--max-iterations <n>", "maximum number of model responses in a trial", wholeNumber(1), 20)
    .option("--max-minutes <n>", "maximum working time of a trial in minutes; waiting for a provider does not count", positiveNumber, 30)
    .option("--max-trial-cost <usd>", "maximum cost of a trial in US dollars", positiveNumber)
    .option("--no-context-files", "do not show the model a task's project files, such as AGENTS.md");
}

/** Adds the flags that limit what a run may spend. */
export function withCapFlags(command: Command): Command {
  return command
    .option("--max-cost <usd>", "maximum cost of the run in US dollars; requests that could exceed it are not sent", positiveNumber)
    .option("--max-tokens <n>", "maximum number of tokens of the run; requests that could exceed it are not sent", wholeNumber(1))
    .option("--allow-unknown-prices", "with a cost limit, also run models whose price is unknown; they count as free");
}

/** Adds the flags that decide how a run is carried out. */
export function withExecutionFlags(command: Command): Command {
  return withCapFlags(command)
    .option("--concurrency <n>", "agents at a time; default: 4 per free processor, as memory allows", wholeNumber(1))
    .option("--grading <n>", "gradings at a time; default: one per free processor", wholeNumber(1))
    .option("--max-hours <n>", "stop the run after this many hours; it can be resumed", positiveNumber)
    .option("--image <name>", "sandbox image for tasks that do not name one", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option("--runtime <name>", "OCI runtime of the containers, such as runsc")
    .option("--reuse", "reuse finished trials of the same arms and tasks from earlier runs")
    .option("--tag <text>", "name for finding the run later; may be repeated", gather)
    .option(
      "--ask-above <usd>",
      "on a terminal, ask before a run that is expected to cost more; default: BENCH_ASK_ABOVE, or 5",
      positiveNumber,
    )
    .option("--yes", "do not ask whether to start; does not allow what --trust allows")
    .option(
      "--no-probe",
      "do not try a model out before the first run of it; the probe asks for a tool call and an answer, for less than a cent",
    )
    .option(...BUILD_NETWORK_FLAG)
    .option(...TRUST_FLAG);
}
