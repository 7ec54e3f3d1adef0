import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import { Store } from "../src/store/store.ts";
import { aKey, anArm, aRun, aTask, aTrial, graded } from "../test/fixtures/record.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";

const TASKS = 500;
const ARMS = 8;
const ATTEMPTS = 25;
const REPEATS = 5;

/** Fills a database with 100,000 trials of one run. */
function fill(path: string): void {
  const store = new Store(path, () => new Date("2026-01-02T03:04:05Z"));
  const arms = Array.from({ length: ARMS }, (_, index) => anArm(`model-${index}`));
  const tasks = Array.from({ length: TASKS }, (_, index) => aTask(`task-${index}`));
  store.saveRun({ run: aRun({ id: "run-1", attempts: ATTEMPTS }), arms, tasks });
  for (const [t, task] of tasks.entries()) {
    for (const [a, arm] of arms.entries()) {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const key = aKey({ taskId: task.id, armId: arm.id, attempt });
        const passed = (t * 7 + a * 13 + attempt * 31) % 10 > (t + a) % 10;
        store.saveTrial(aTrial(key, graded(passed), { costUsd: 0.01 + ((t + attempt) % 7) * 0.001 }), store.tries.start(key).tryId);
      }
    }
  }
  store.close();
}

type Measure = { readonly seconds: number; readonly peakMb: number };

// The whole command in a process of its own, as a user pays for it.
async function measure(args: readonly string[]): Promise<Measure> {
  const report = 'process.on("exit", () => process.stderr.write("\\npeak " + process.resourceUsage().maxRSS))';
  const start = performance.now();
  const { stderr } = await promisify(execFile)(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(report)}`, "dist/cli.js", ...args],
    {
      maxBuffer: 1 << 28,
    },
  );
  return { seconds: (performance.now() - start) / 1000, peakMb: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}

async function main(): Promise<void> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  fill(path);
  print(
    `${(TASKS * ARMS * ATTEMPTS).toLocaleString("en")} trials of ${TASKS} tasks and ${ARMS} arms, ${(statSync(path).size / 1024 / 1024).toFixed(0)} MB`,
  );
  const empty = await median(["--version"]);
  print(`${"node and nothing else (--version)".padEnd(36)} ${line(empty)}`);
  for (const args of [["compare", "model-0", "model-1"], ["compare"], ["report"]]) {
    const result = await median([...args, "--db", path]);
    print(`${`bench ${args.join(" ")}`.padEnd(36)} ${line(result)}, ${(result.seconds / empty.seconds).toFixed(1)} times --version`);
  }
}

async function median(args: readonly string[]): Promise<Measure> {
  const all: Measure[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) all.push(await measure(args));
  const middle = all.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(REPEATS / 2)];
  if (!middle) throw new Error("nothing was measured");
  return middle;
}

function line({ seconds, peakMb }: Measure): string {
  return `${seconds.toFixed(2)} s, at most ${peakMb.toFixed(0)} MB`;
}

await main();
