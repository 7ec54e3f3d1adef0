import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import pLimit from "p-limit";
import { loadSuite } from "../src/config/suite.ts";
import type { Sandbox, SandboxProvider } from "../src/core/sandbox.ts";
import { containerOptions } from "../src/sandbox/docker/container.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine, type Engine } from "../src/sandbox/docker/engine.ts";
import { Store } from "../src/store/store.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { type RigTimes, runRig } from "./rig.ts";
import { median, type Section, times } from "./section.ts";

const TRIALS = 96;
const AT_ONCE = 8;
const GRADING = 4;
const ROUNDS = 11;
// It was 1.3 as long as solution and tests were one user; two users, and rules for what crosses, take 37 ms of the harness's processor time a trial instead of 23.
const MOST = 1.4;
const IMAGE = "bench-sandbox:latest";
const LIMITS = { memoryMb: 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 };
const RUN_ID = `benchmark-${process.pid}`;

/** The smallest task there is: one line to write, one test that starts nothing. */
const TASK = {
  "suite.yaml": "name: floor\n",
  "say/task.yaml":
    'title: Say\ndeliver: ["answer.txt"]\ntests: {runner: exit-status, isolation: none}\nsandbox: {memory_mb: 512, workspace_mb: 64, tmp_mb: 64, pids: 128}\n',
  "say/prompt.md": "Write yes into answer.txt.\n",
  "say/workspace/answer.txt": "no\n",
  "say/tests/says.sh": 'read -r answer < /workspace/answer.txt; [ "$answer" = yes ]\n',
  "say/solution/answer.txt": "yes\n",
};

type Spent = Map<string, number>;

/** The wall time of a trial's sandboxes: every call of an adapter, timed from outside. */
function timedSandboxes(provider: SandboxProvider, spent: Spent): SandboxProvider {
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    try {
      return await work();
    } finally {
      spent.set(part, (spent.get(part) ?? 0) + performance.now() - start);
    }
  };
  const open: SandboxProvider["open"] = async (request, signal) => {
    const opened = await timed("start", () => provider.open(request, signal));
    const sandbox: Sandbox = {
      id: opened.id,
      workspace: opened.workspace,
      run: (request, stop) => timed(request.cwd === "/" ? "tests" : "tools", () => opened.run(request, stop)),
      readFile: (...args) => timed("tools", () => opened.readFile(...args)),
      writeFile: (...args) => timed("tools", () => opened.writeFile(...args)),
      changeFiles: (...args) => timed("tools", () => opened.changeFiles(...args)),
      list: (...args) => timed("tools", () => opened.list(...args)),
      putFiles: (...args) => timed("laying files", () => opened.putFiles(...args)),
      exportFiles: (...args) => timed("export", () => opened.exportFiles(...args)),
      serve: (...args) => opened.serve(...args),
      fingerprint: (...args) => timed("tools", () => opened.fingerprint(...args)),
      close: () => timed("removal", () => opened.close()),
    };
    return sandbox;
  };
  return { image: (name) => provider.image(name), open };
}

type Whole = RigTimes & { readonly spent: Spent };

async function wholeTrials(engine: Engine): Promise<Whole> {
  using folder = new TempFolder();
  const { tasks } = loadSuite(folder.write(TASK));
  const store = new Store(folder.at("bench.db"), () => new Date());
  const spent: Spent = new Map();
  const sandboxes = (runId: string) => timedSandboxes(dockerSandboxProvider(engine, { image: IMAGE, runId }), spent);
  const whole = await runRig({ store, tasks, attempts: TRIALS, sandboxes, concurrency: AT_ONCE, grading: GRADING });
  store.close();
  return { ...whole, spent };
}

/** The engine's floor: ms of wall time for two containers that are created, started and removed, as many at once as the trials. */
function engineFloor(engine: Engine): Promise<number> {
  const spec = {
    image: IMAGE,
    imageId: IMAGE,
    limits: LIMITS,
    runtime: null,
    runId: RUN_ID,
    purpose: "agent",
    localhost: "image",
  } as const;
  const options = containerOptions(spec, ["sleep", "infinity"], "");
  return perPair(async () => {
    const container = await engine.createContainer(options);
    await container.start();
    await container.remove({ force: true, v: true });
  });
}

/** What lies below the engine: the same two containers through runc alone, over one root folder, without bounds and without images. */
async function runcFloor(): Promise<number | null> {
  using folder = new TempFolder();
  const root = folder.at("rootfs");
  mkdirSync(root);
  try {
    const copy = `id=$(docker create ${IMAGE}) && docker export "$id" | tar -x -C "$1" && docker rm "$id" >/dev/null`;
    execFileSync("sh", ["-c", copy, "sh", root], { stdio: "ignore" });
    execFileSync("runc", ["spec"], { cwd: folder.path, stdio: "ignore" });
  } catch {
    return null;
  }
  const spec = JSON.parse(readFileSync(folder.at("config.json"), "utf8")) as { process: { terminal: boolean; args: string[] } };
  writeFileSync(folder.at("config.json"), JSON.stringify({ ...spec, process: { ...spec.process, terminal: false, args: ["true"] } }));
  let count = 0;
  return await perPair(async () => {
    count += 1;
    await promisify(execFile)("runc", ["run", "--bundle", folder.path, `bench-floor-${process.pid}-${count}`]);
  });
}

async function perPair(one: () => Promise<void>): Promise<number> {
  const limit = pLimit(AT_ONCE);
  const pair = async (): Promise<void> => {
    await one();
    await one();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: TRIALS }, () => limit(pair)));
  return (performance.now() - start) / TRIALS;
}

/** What a whole trial costs beyond its model and its tests: of a model that answers at once and a test that is over at once. */
export async function measure(): Promise<Section> {
  const engine = connectEngine();
  const floors: number[] = [await engineFloor(engine)];
  const wholes: Whole[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    wholes.push(await wholeTrials(engine));
    floors.push(await engineFloor(engine));
  }
  const runc = await runcFloor();
  const whole = wholes.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(ROUNDS / 2)];
  if (!whole) throw new Error("nothing was measured");
  // Of each round by itself, against the floor before and after it: what slows the machine down for a while slows both down.
  const ratios = wholes.map(({ wallMs }, round) => (2 * wallMs) / TRIALS / ((floors[round] ?? 0) + (floors[round + 1] ?? 0)));
  const ratio = median(ratios);
  return {
    title: "A whole trial",
    how:
      `${TRIALS} trials of a model that answers at once (five steps) and a test that is over at once, ${AT_ONCE} agents at once, ${GRADING} gradings; against as many pairs of containers that the engine creates, starts and ` +
      `removes with the same options, and against bare \`runc run\`; wall time of all divided by their number, medians of ${ROUNDS} rounds in turn. The ratio is the median of the rounds' own, each against the mean of the floors before and after it (${ratios.map((one) => one.toFixed(2)).join(", ")}). The parts overlap between trials, and waits for the processor are in them.`,
    tables: [
      [
        ["for each trial", "ms"],
        ["whole trial", (whole.wallMs / TRIALS).toFixed(0)],
        ["the engine's two containers", median(floors).toFixed(0)],
        ["bare runc, two containers", runc === null ? "not measured" : runc.toFixed(0)],
        ["processor time of the harness", (whole.cpuMs / TRIALS).toFixed(1)],
        ...[...whole.spent].map(([part, ms]) => [`… ${part}`, (ms / TRIALS).toFixed(1)]),
      ],
    ],
    findings: [
      {
        what: "Whole trial against the engine's floor for its two containers",
        measured: times(ratio),
        bound: `at most ${MOST}x`,
        holds: ratio <= MOST,
      },
    ],
  };
}
