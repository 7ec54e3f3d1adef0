import { Command, InvalidArgumentError } from "commander";
import { BUILD_NETWORK_FLAG, gather, positiveNumber, TRUST_FLAG, wholeNumber } from "../flag.ts";
import { sandboxOption } from "../sandbox/sandbox-flag.ts";
import type { End, Terminal } from "../terminal.ts";
import type { ImportFlags } from "./start-import.ts";

/** Builds `bench import`, which makes tasks of what others have. */
export function importCommand(terminal: Terminal, end: End): Command {
  return new Command("import").description("Make tasks of your own").addCommand(gitCommand(terminal, end));
}

function gitCommand(terminal: Terminal, end: End): Command {
  return new Command("git")
    .description(
      "Make tasks of the history of a local git repository: each commit that changes code and its tests, whose tests fail before it and pass after it, and which is sound; exit code 1 if none is",
    )
    .argument("<repository>", "top folder of a repository, or a bare one; it is only read")
    .requiredOption(
      "--out <folder>",
      "suite folder to write to, such as tasks/mine; what is there is kept, and commits that were tried are not tried again",
    )
    .option("--commit <name>", "only this commit; may be repeated", gather)
    .option(
      "--since <date>",
      "commits since this day (2026-01-31), or of the last days, weeks, months or years (90d, 12w, 6m, 1y)",
      sinceDate,
    )
    .option("--last <n>", "the last commits, without merges; default: 100, unless --since is given", wholeNumber(1))
    .option("--path <folder>", "only this folder of the repository, such as packages/core: it becomes the workspace")
    .option("--max-tasks <n>", "stop when so many tasks are made", wholeNumber(1))
    .option(
      "--describe <model>",
      "let a model of models.yaml write the prompts, from the patches, which it is told not to give away; default: drafts from the messages",
    )
    .option("--models <file>", "models file for --describe", "models.yaml")
    .option(
      "--max-cost <usd>",
      "maximum cost of all descriptions in US dollars; requests that could exceed it are not sent",
      positiveNumber,
      1,
    )
    .option("--allow-unknown-prices", "count a model of --describe whose price is unknown as free")
    .option("--again", "try commits again that were dropped by an earlier import")
    .option("--repeats <n>", "times each solution is graded by the check", wholeNumber(1), 3)
    .option("--grading <n>", "commits at a time; default: one per free processor", wholeNumber(1))
    .option("--image <name>", "sandbox image for tasks that need no other", "bench-sandbox:latest")
    .addOption(sandboxOption())
    .option("--runtime <name>", "OCI runtime of the containers, such as runsc")
    .option(...BUILD_NETWORK_FLAG)
    .option(...TRUST_FLAG)
    .option("--json", "print JSON")
    .action(async (repository: string, flags: ImportFlags) => {
      const [{ startImport }, { openTrust }] = await Promise.all([import("./start-import.ts"), import("../trust/trust.ts")]);
      end(await startImport(repository, flags, { terminal, trust: openTrust(flags, terminal) }));
    });
}

const UNITS: Readonly<Record<string, string>> = { d: "days", w: "weeks", m: "months", y: "years" };

// What git understands of dates is much, and what it does not it takes for now.
function sinceDate(text: string): string {
  const [, count, unit = ""] = /^(\d{1,4})([dwmy])$/.exec(text) ?? [];
  if (count !== undefined) return `${count} ${UNITS[unit]} ago`;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return `${text}T00:00:00`;
  throw new InvalidArgumentError("Expected a day such as 2026-01-31, or a span such as 90d, 12w, 6m or 1y.");
}
