import { execFile } from "node:child_process";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { TempFolder, tinySuite } from "../test/fixtures/temp-folder.ts";
import { median, type Section, times } from "./section.ts";

const REPEATS = 21;
const MAX_HELP_MS = 150;
const MAX_TRIAL_MS = 400;
const TASKS = 3000;
const MAX_LOAD_MS = 2000;
const CLI = new URL("../dist/cli.js", import.meta.url).pathname;
const run = promisify(execFile);

async function timed(args: readonly string[]): Promise<number> {
  const start = performance.now();
  await run(process.execPath, args);
  return performance.now() - start;
}

/** From the start of the process until its first trial begins, as the store has it. */
async function untilFirstTrial(): Promise<number> {
  using folder = new TempFolder();
  folder.write(tinySuite("only"));
  folder.write({ "models.yaml": "models:\n  - {name: oracle, api: scripted, model: oracle}\n" });
  const start = Date.now();
  await run(process.execPath, [CLI, "run", "--suite", ".", "--db", "bench.db"], { cwd: folder.path });
  const database = new Database(folder.at("bench.db"), { readonly: true });
  const started = database.prepare("select min(started_at) from executions").pluck().get() as string;
  database.close();
  return Date.parse(started) - start;
}

/** A suite of many tasks with four files each. */
function largeSuite(): Readonly<Record<string, string>> {
  const files = Array.from({ length: TASKS }, (_, task) => ({
    [`task-${task}/task.yaml`]: `title: Say yes in file ${task}\ntags: [small]\ndeliver: ["answer.txt"]\ntests: {runner: exit-status}\n`,
    [`task-${task}/prompt.md`]: `Write yes into answer.txt. (${task})\n`,
    [`task-${task}/workspace/answer.txt`]: "no\n",
    [`task-${task}/tests/says.sh`]: 'grep -q yes "$SHARED"/answer.txt\n',
  }));
  return Object.assign({ "suite.yaml": "name: large\n" }, ...files) as Record<string, string>;
}

/** How much longer a command takes with a large suite than with one task. */
async function loading(): Promise<number> {
  using folder = new TempFolder();
  folder.write({ "models.yaml": "models:\n  - {name: oracle, api: scripted, model: oracle}\n" });
  for (const [path, text] of Object.entries(tinySuite("only"))) folder.write({ [`one/${path}`]: text });
  for (const [path, text] of Object.entries(largeSuite())) folder.write({ [`large/${path}`]: text });
  const plan = (suite: string) => timed([CLI, "plan", "--models", folder.at("models.yaml"), "--suite", folder.at(suite)]);
  const extra: number[] = [];
  for (let repeat = 0; repeat < 5; repeat++) extra.push((await plan("large")) - (await plan("one")));
  return median(extra);
}

/** How long a user waits before anything happens. */
export async function measure(): Promise<Section> {
  const all = { node: [] as number[], help: [] as number[], trial: [] as number[] };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    all.node.push(await timed(["-e", "0"]));
    all.help.push(await timed([CLI, "--help"]));
    if (repeat % 3 === 0) all.trial.push(await untilFirstTrial());
  }
  const [node, help, trial] = [median(all.node), median(all.help), median(all.trial)];
  const load = await loading();
  return {
    title: "Start",
    how: `Whole processes of the built program, medians of ${REPEATS} in turn (${all.trial.length} for the first trial, which is from the start of the process to the moment its first trial is stored as begun).`,
    tables: [
      [
        ["", "ms", "over node -e 0"],
        ["node -e 0", node.toFixed(0), times(1)],
        ["bench --help", help.toFixed(0), times(help / node)],
        ["bench run, first trial", trial.toFixed(0), times(trial / node)],
        [`bench plan, for ${TASKS} tasks more`, load.toFixed(0), times(load / node)],
      ],
    ],
    findings: [
      {
        what: "`bench --help`",
        measured: `${help.toFixed(0)} ms, ${times(help / node)} of \`node -e 0\``,
        bound: `below ${MAX_HELP_MS} ms`,
        holds: help < MAX_HELP_MS,
      },
      {
        what: "From the start to the first trial",
        measured: `${trial.toFixed(0)} ms, ${times(trial / node)} of \`node -e 0\``,
        bound: `below ${MAX_TRIAL_MS} ms`,
        holds: trial < MAX_TRIAL_MS,
      },
      {
        what: `Loading ${TASKS} tasks, with their statistics in \`bench plan\``,
        measured: `${(load / 1000).toFixed(1)} s, ${times(load / node)} of \`node -e 0\``,
        bound: `below ${MAX_LOAD_MS / 1000} s`,
        holds: load < MAX_LOAD_MS,
      },
    ],
  };
}
