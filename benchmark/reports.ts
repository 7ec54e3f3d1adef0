import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { fillStore } from "./filled-store.ts";
import { median, type Section } from "./section.ts";

const REPEATS = 5;
const MAX_SECONDS = 3;
const MAX_TRIALS = 1_000_000;
const SIZES = [
  { tasks: 10, arms: 2, attempts: 5 },
  { tasks: 100, arms: 4, attempts: 25 },
  { tasks: 1_000, arms: 8, attempts: 125 },
];
const COMMANDS = [["report"], ["compare", "model-0", "model-1"], ["compare"], ["list"], ["show", "77"]];

type Cost = { readonly seconds: number; readonly peakMb: number };

// The whole command in a separate process, as a user runs it.
async function cost(args: readonly string[]): Promise<Cost> {
  const notify = 'process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS))';
  const start = performance.now();
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(notify)}`, "dist/cli.js", ...args],
    { maxBuffer: 1 << 28 },
  );
  return { seconds: (performance.now() - start) / 1000, peakMb: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

async function usualCost(args: readonly string[]): Promise<Cost> {
  const all: Cost[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) all.push(await cost(args));
  return { seconds: median(all.map(({ seconds }) => seconds)), peakMb: Math.max(...all.map(({ peakMb }) => peakMb)) };
}

/** What the commands that read results cost at a hundred, ten thousand and a million trials in one run. */
export async function measure(): Promise<Section> {
  using folder = new TempFolder();
  const empty = await usualCost(["--version"]);
  const rows: string[][] = [];
  let slowest = 0;
  for (const size of SIZES) {
    const trials = size.tasks * size.arms * size.attempts;
    const path = folder.at(`${trials}.db`);
    fillStore(path, size);
    const costs: Cost[] = [];
    for (const args of COMMANDS) costs.push(await usualCost([...args, "--db", path]));
    if (trials === MAX_TRIALS) slowest = Math.max(...costs.slice(0, 3).map(({ seconds }) => seconds));
    rows.push([
      trials.toLocaleString("en"),
      (statSync(path).size / 1024 / 1024).toFixed(0),
      ...costs.map(({ seconds }) => seconds.toFixed(2)),
      Math.max(...costs.map(({ peakMb }) => peakMb)).toFixed(0),
    ]);
  }
  return {
    title: "Reports",
    how: `Whole commands, each in a process of its own, medians of ${REPEATS}; \`--version\`, which reads nothing, takes ${empty.seconds.toFixed(2)} s. ${SIZES.map(({ tasks, arms, attempts }) => `${tasks} tasks, ${arms} arms, ${attempts} attempts`).join("; ")}; each trial has five stored steps.`,
    tables: [[["trials", "file, MB", ...COMMANDS.map((args) => `${args.join(" ")}, s`), "most memory, MB"], ...rows]],
    findings: [
      {
        what: "`report` and `compare` of a million trials, the slowest",
        measured: `${slowest.toFixed(2)} s`,
        bound: `below ${MAX_SECONDS} s`,
        holds: slowest < MAX_SECONDS,
      },
    ],
  };
}
