import { readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import Docker from "dockerode";
import { loadSuite } from "../src/config/suite.ts";
import type { RunEvent } from "../src/core/event.ts";
import type { SandboxProvider } from "../src/core/sandbox.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { Store } from "../src/store/store.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { memorySandboxes } from "./memory-sandbox.ts";
import { runRig } from "./rig.ts";
import { median, megabytes, type Section } from "./section.ts";

const TASKS = 20;
const AT_ONCE = 32;
const MAX_MEMORY = 250 * 1024 * 1024;
const MAX_DELAY_MS = 50;
/** How much more memory the last quarter of a run may take than the second. */
const MAX_GROWTH = 1.1;
const SAMPLES = 20;

type Scale = {
  readonly name: string;
  readonly trials: number;
  readonly perMinute: number;
  readonly cpuMs: number;
  readonly memory: readonly number[];
  readonly delayMs: { readonly p99: number; readonly most: number };
  readonly storedBytes: number;
};

function suite(): Readonly<Record<string, string>> {
  const files = Array.from({ length: TASKS }, (_, task) => ({
    [`task-${task}/task.yaml`]: 'title: Say\ndeliver: ["answer.txt"]\ntests: {runner: exit-status, required: [says.sh]}\n',
    [`task-${task}/prompt.md`]: `Write yes into answer.txt. (${task})\n`,
    [`task-${task}/workspace/answer.txt`]: "no\n",
    [`task-${task}/tests/says.sh`]: 'read -r answer < /workspace/answer.txt; [ "$answer" = yes ]\n',
    [`task-${task}/solution/answer.txt`]: "yes\n",
  }));
  return Object.assign({ "suite.yaml": "name: scale\n" }, ...files) as Record<string, string>;
}

async function scale(name: string, trials: number, sandboxes: (runId: string) => SandboxProvider): Promise<Scale> {
  using folder = new TempFolder();
  const { tasks } = loadSuite(folder.write(suite()));
  const path = folder.at("bench.db");
  const store = new Store(path, () => new Date());
  const memory: number[] = [];
  let done = 0;
  const report = (event: RunEvent): void => {
    if (event.kind !== "trial-finished") return;
    done += 1;
    if (done % (trials / SAMPLES) === 0) memory.push(process.memoryUsage().rss);
  };
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const times = await runRig({ store, tasks, attempts: trials / TASKS, sandboxes, concurrency: AT_ONCE, grading: 4, report });
  delay.disable();
  store.close();
  return {
    name,
    trials,
    perMinute: (trials / times.wallMs) * 60_000,
    cpuMs: times.cpuMs / trials,
    memory,
    delayMs: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 },
    storedBytes: statSync(path).size / trials,
  };
}

type Leftovers = { readonly containers: number; readonly guests: number; readonly files: number };

// A guest is recognized by its command line: the program that is the first process of a sandbox.
function isGuest(pid: string): boolean {
  try {
    return /python3\0-I\0-S\0-c/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
}

async function leftovers(): Promise<Leftovers> {
  const containers = await new Docker().listContainers({ all: true, filters: { label: ["bench"] } });
  const guests = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isGuest(name)).length;
  return { containers: containers.length, guests, files: readdirSync(tmpdir()).length };
}

const quarter = (memory: readonly number[], which: number): number =>
  median(memory.slice((which * SAMPLES) / 4, ((which + 1) * SAMPLES) / 4));

/** The effect of many trials on the harness: memory, delays of its event loop, the size of what is stored, and what is left behind. */
export async function measure(): Promise<Section> {
  const store = await scale("without containers", 10_000, () => memorySandboxes());
  const before = await leftovers();
  const real = await scale("with containers", 500, (runId) =>
    dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId }),
  );
  const after = await leftovers();
  const left = (["containers", "guests", "files"] as const).map((what) => `${after[what] - before[what]} ${what}`).join(", ");
  const most = Math.max(...store.memory);
  const growth = quarter(store.memory, 3) / quarter(store.memory, 1);
  return {
    title: "Many trials",
    how:
      `Scripted trials, ${AT_ONCE} at once, with a database on disk: 10,000 in sandboxes that are tables in memory, so that store and scheduler are all there is, and 500 in containers. ` +
      "The delay of the event loop is how much later than asked for a timer of 10 ms comes. " +
      `Memory is what is resident, at the end of each twentieth, in a process of the built program. Left behind by the 500: ${left}.`,
    tables: [
      [
        [
          "",
          "trials",
          "trials / minute",
          "CPU a trial, ms",
          "memory: 25 %",
          "50 %",
          "75 %",
          "100 %",
          "loop delay p99, ms",
          "most, ms",
          "stored a trial, KB",
        ],
        ...[store, real].map((one) => [
          one.name,
          String(one.trials),
          one.perMinute.toFixed(0),
          one.cpuMs.toFixed(1),
          ...[4, 9, 14, 19].map((at) => megabytes(one.memory[at] ?? Number.NaN)),
          one.delayMs.p99.toFixed(0),
          one.delayMs.most.toFixed(0),
          (one.storedBytes / 1024).toFixed(1),
        ]),
      ],
    ],
    findings: [
      {
        what: "Resident memory in 10,000 trials",
        measured: megabytes(most),
        bound: `below ${megabytes(MAX_MEMORY)}`,
        holds: most < MAX_MEMORY,
      },
      {
        what: "Memory of the last quarter over that of the second",
        measured: `${growth.toFixed(2)}x`,
        bound: `at most ${MAX_GROWTH}x`,
        holds: growth <= MAX_GROWTH,
      },
      {
        what: "Event-loop delay, 99th percentile",
        measured: `${store.delayMs.p99.toFixed(0)} ms, with containers ${real.delayMs.p99.toFixed(0)} ms`,
        bound: `below ${MAX_DELAY_MS} ms`,
        holds: Math.max(store.delayMs.p99, real.delayMs.p99) < MAX_DELAY_MS,
      },
    ],
  };
}
