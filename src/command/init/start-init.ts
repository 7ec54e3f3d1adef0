import { join } from "node:path";
import { UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { type Ask, askOnTerminal, isInteractive } from "../ask.ts";
import { Repository } from "../git/repository.ts";
import type { ImportFlags } from "../import/start-import.ts";
import { loadTasks } from "../load-tasks.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { openTrust } from "../trust/trust.ts";
import { EXAMPLE_LANGUAGES, type ExampleLanguage } from "./example-language.ts";
import { writeStart } from "./init-files.ts";

/** The flags of `bench init`; null and absent where they were not given. */
export type InitFlags = {
  readonly language?: ExampleLanguage;
  readonly from?: string;
  readonly sandbox?: SandboxKind;
  readonly trust?: true;
};

const GIT = "git:";
const OWN_SUITE = "mine";
// What is there in a few minutes; more come with bench import git.
const FIRST_TASKS = 3;

/** Writes the first files into a folder; on a terminal, asks what to begin with where no flag says so. Throws UserError, before anything is written, when a source cannot be read. */
export async function startInit(folder: string, flags: InitFlags, terminal: Terminal): Promise<ExitCode> {
  const isAsked = flags.language === undefined && flags.from === undefined && isInteractive();
  const { language = "python", from } = isAsked ? await askStart(askOnTerminal) : flags;
  if (from === undefined) return beginWithExample(folder, language, terminal);
  if (from.startsWith(GIT)) return beginWithHistory(folder, from.slice(GIT.length), { flags, terminal });
  const { suite, notices } = await loadTasks([from], []);
  for (const line of notices) terminal.notify(line);
  tellWritten(writeStart(folder, null), terminal);
  terminal.print(`\n${counted(suite.tasks.length, "task")} in ${from}, which are read where they are.`);
  terminal.print(`Next: bench check ${from}, then bench run --models ${join(folder, "models.yaml")} --suite ${from}`);
  return 0;
}

function beginWithExample(folder: string, language: ExampleLanguage, terminal: Terminal): ExitCode {
  tellWritten(writeStart(folder, language), terminal);
  terminal.print(`\nNext: ${changeFolder(folder)}bench check my-suite, then bench run --suite my-suite`);
  return 0;
}

type Begun = { readonly flags: InitFlags; readonly terminal: Terminal };

async function beginWithHistory(folder: string, repository: string, { flags, terminal }: Begun): Promise<ExitCode> {
  await Repository.open(repository);
  tellWritten(writeStart(folder, null), terminal);
  const { startImport } = await import("../import/start-import.ts");
  const out = join(folder, "tasks", OWN_SUITE);
  const wanted: ImportFlags = {
    out,
    maxTasks: FIRST_TASKS,
    repeats: 3,
    image: "bench-sandbox:latest",
    models: join(folder, "models.yaml"),
    maxCost: 1,
    ...(flags.sandbox === undefined ? {} : { sandbox: flags.sandbox }),
  };
  const code = await startImport(repository, wanted, { terminal, trust: openTrust(flags, terminal) });
  if (code === 0)
    terminal.print(
      `\nNext: rewrite the prompts in ${out}, then ${changeFolder(folder)}bench run --suite ${OWN_SUITE}; more tasks: bench import git ${repository} --out ${out}`,
    );
  return code;
}

function changeFolder(folder: string): string {
  return folder === "." ? "" : `cd ${folder}, `;
}

function tellWritten({ written, kept }: ReturnType<typeof writeStart>, terminal: Terminal): void {
  for (const path of written) terminal.print(`wrote ${path}`);
  for (const path of kept) terminal.print(`kept  ${path} (it already exists)`);
}

/**
 * Asks what to begin with; an empty answer takes what is in brackets. Throws UserError for another answer than those.
 *
 * @internal
 */
export async function askStart(ask: Ask): Promise<Pick<InitFlags, "language" | "from">> {
  const from = (await ask("Begin with an example, or with tasks that exist (git:REPOSITORY, exercism:PATH, ...)? [example] ")).trim();
  if (from !== "" && from !== "example") return { from };
  const answer = (await ask(`In which language (${EXAMPLE_LANGUAGES.join(", ")})? [python] `)).trim().toLowerCase() || "python";
  const language = EXAMPLE_LANGUAGES.find((one) => one === answer);
  if (language !== undefined) return { language };
  throw new UserError(`Cannot begin in "${answer}": there is no example in it; choose from ${EXAMPLE_LANGUAGES.join(", ")}`);
}
