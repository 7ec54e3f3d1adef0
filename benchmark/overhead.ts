/**
 * What a whole trial costs beyond its model and its tests: trials of a model that answers at once and a test that is over at once,
 * against the engine's own floor (create, start and remove two containers with the same options) and against bare runc.
 */
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import pLimit from "p-limit";
import { loadSuite } from "../src/config/suite.ts";
import type { OpenSandbox, Sandbox } from "../src/core/sandbox.ts";
import { openModels } from "../src/model/open-model.ts";
import { makeArm } from "../src/run/arm.ts";
import { Treasury } from "../src/run/purse.ts";
import { executeRun } from "../src/run/run.ts";
import { makeTrialRunner } from "../src/run/trial-runner.ts";
import { containerOptions } from "../src/sandbox/container.ts";
import { openDockerSandbox } from "../src/sandbox/docker.ts";
import { connectEngine, type Engine } from "../src/sandbox/engine.ts";
import { Store } from "../src/store/store.ts";
import { aRun, aSpec, someSettings } from "../test/fixtures/record.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";

const TRIALS = 96;
const AT_ONCE = 8;
const ROUNDS = 3;
const IMAGE = "bench-sandbox:latest";
const LIMITS = { memoryMb: 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 };
const LABELS = { "bench.run": `overhead-${process.pid}` };

/** The smallest task there is: one line to write, one test that starts nothing. */
const TASK = {
  "suite.yaml": "name: floor\n",
  "say/task.yaml":
    'title: Say\ndeliver: ["answer.txt"]\ntests: {runner: exit-status}\nsandbox: {memory_mb: 512, workspace_mb: 64, tmp_mb: 64, pids: 128}\n',
  "say/prompt.md": "Write yes into answer.txt.\n",
  "say/workspace/answer.txt": "no\n",
  "say/tests/says.sh": 'read -r answer < /workspace/answer.txt; [ "$answer" = yes ]\n',
  "say/solution/answer.txt": "yes\n",
};

type Spent = Map<string, { calls: number; totalMs: number }>;

/** Where the wall time of a trial's sandboxes goes: every call of an adapter, timed from without. */
function timedSandboxes(open: OpenSandbox, spent: Spent): OpenSandbox {
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      const before = spent.get(part) ?? { calls: 0, totalMs: 0 };
      spent.set(part, { calls: before.calls + 1, totalMs: before.totalMs + performance.now() - start });
    }
  };
  return async (spec, signal) => {
    const box = await timed("start", () => open(spec, signal));
    const sandbox: Sandbox = {
      id: box.id,
      run: (request, stop) => timed(request.cwd === "/" ? "tests" : "tools", () => box.run(request, stop)),
      readFile: (...args) => timed("tools", () => box.readFile(...args)),
      writeFile: (...args) => timed("tools", () => box.writeFile(...args)),
      list: (...args) => timed("tools", () => box.list(...args)),
      putFiles: (...args) => timed("put files", () => box.putFiles(...args)),
      exportFiles: (...args) => timed("export", () => box.exportFiles(...args)),
      fingerprint: (...args) => timed("tools", () => box.fingerprint(...args)),
      close: () => timed("removal", () => box.close()),
    };
    return sandbox;
  };
}

type Whole = { readonly wallMs: number; readonly cpuMs: number; readonly spent: Spent };

/** Whole trials, each with its agent and its grading; milliseconds of wall time and of the harness's own processor time for each. */
async function wholeTrials(engine: Engine): Promise<Whole> {
  using folder = new TempFolder();
  const { tasks } = loadSuite(folder.write(TASK));
  const store = new Store(folder.at("bench.db"), () => new Date());
  const arm = makeArm(aSpec(), someSettings());
  const run = aRun({ id: "overhead", attempts: TRIALS });
  store.saveRun({ run, arms: [arm], tasks });
  const open = openModels({ key: () => undefined, now: () => new Date() })(arm.model);
  const spent: Spent = new Map();
  const runTrial = makeTrialRunner({
    store,
    report: () => {},
    openSandbox: timedSandboxes(openDockerSandbox(engine), spent),
    openModel: ({ task, key }) => open({ task, attempt: key.attempt }),
    image: IMAGE,
    imageIds: new Map(),
    runtime: null,
    treasury: new Treasury(store.ledger, { runId: run.id, arms: [arm], caps: { maxCostUsd: null, maxTokens: null } }),
    runId: run.id,
    concurrency: AT_ONCE,
    grading: 2,
    now: () => new Date(),
  });
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await executeRun(
    { runId: run.id, tasks, arms: [arm], attempts: TRIALS },
    { store, report: () => {}, width: AT_ONCE + 2, signal: new AbortController().signal, runTrial },
  );
  const wallMs = (performance.now() - start) / TRIALS;
  const cpu = process.cpuUsage(cpuBefore);
  const passed = store.gradedKeys(run.id).length;
  store.close();
  if (passed !== TRIALS) throw new Error(`${passed} of ${TRIALS} trials were graded`);
  return { wallMs, cpuMs: (cpu.user + cpu.system) / 1000 / TRIALS, spent };
}

/** The engine's floor: milliseconds of wall time for two containers that are created, started and removed, as many at once as the trials. */
async function engineFloor(engine: Engine): Promise<number> {
  const options = containerOptions({ image: IMAGE, limits: LIMITS, runtime: null, labels: LABELS }, ["sleep", "infinity"], "");
  const one = async (): Promise<void> => {
    const container = await engine.createContainer(options);
    await container.start();
    await container.remove({ force: true, v: true });
  };
  return perPair(one);
}

/** What lies below the engine: the same two containers through runc alone, over one root folder, without bounds and without images. */
async function runcFloor(): Promise<number | null> {
  using folder = new TempFolder();
  try {
    const root = folder.at("rootfs");
    mkdirSync(root);
    execFileSync("sh", [
      "-c",
      `id=$(docker create ${IMAGE}) && docker export "$id" | tar -x -C "$1" && docker rm "$id" >/dev/null`,
      "sh",
      root,
    ]);
    execFileSync("runc", ["spec"], { cwd: folder.path });
  } catch {
    return null;
  }
  const spec = JSON.parse(readFileSync(folder.at("config.json"), "utf8")) as { process: { terminal: boolean; args: string[] } };
  writeFileSync(folder.at("config.json"), JSON.stringify({ ...spec, process: { ...spec.process, terminal: false, args: ["true"] } }));
  let count = 0;
  return perPair(async () => {
    count += 1;
    await promisify(execFile)("runc", ["run", "--bundle", folder.path, `bench-floor-${process.pid}-${count}`]);
  });
}

async function perPair(one: () => Promise<void>): Promise<number> {
  const limit = pLimit(AT_ONCE);
  const start = performance.now();
  await Promise.all(
    Array.from({ length: TRIALS }, () =>
      limit(async () => {
        await one();
        await one();
      }),
    ),
  );
  return (performance.now() - start) / TRIALS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  const engine = connectEngine();
  const floors: number[] = [];
  const wholes: Whole[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await engineFloor(engine));
    wholes.push(await wholeTrials(engine));
  }
  const runc = await runcFloor();
  const floor = median(floors);
  const whole = wholes.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(ROUNDS / 2)];
  if (!whole) throw new Error("nothing was measured");
  print(`${TRIALS} trials, ${AT_ONCE} at once, medians of ${ROUNDS} rounds in turn`);
  print(
    `whole trial              ${whole.wallMs.toFixed(0)} ms of wall time, ${whole.cpuMs.toFixed(1)} ms of the harness's processor time`,
  );
  print(`engine's two containers  ${floor.toFixed(0)} ms: the trial takes ${(whole.wallMs / floor).toFixed(2)} times as long`);
  print(`bare runc's two          ${runc === null ? "not measured: no runc or no docker client here" : `${runc.toFixed(0)} ms`}`);
  for (const [part, { calls, totalMs }] of whole.spent)
    print(
      `  ${part.padEnd(12)} ${(totalMs / TRIALS).toFixed(1).padStart(8)} ms a trial in ${(calls / TRIALS).toFixed(1)} calls (they overlap)`,
    );
}

await main();
