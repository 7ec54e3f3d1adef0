import type { Sandbox, SandboxProvider } from "../src/core/sandbox.ts";
import { WORKSPACE } from "../src/core/sandbox.ts";
import type { SourceFile, Task } from "../src/core/task.ts";
import type { Expected } from "../src/core/verdict.ts";
import { grade } from "../src/grade/grade.ts";
import { learnExpected } from "../src/grade/learn-expected.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { EVERY_RUNNER } from "../test/grade/every-runner.ts";
import { median, type Section, times } from "./section.ts";

const ROUNDS = 15;
const MOST = 1.5;
const IMAGE = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const TESTS = "/tmp/tests";
// The processor time of a container, in nanoseconds or microseconds, by the version of cgroups.
const USAGE =
  "cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || cat /sys/fs/cgroup/cpu,cpuacct/cpuacct.usage 2>/dev/null || sed -n 's/^usage_usec //p' /sys/fs/cgroup/cpu.stat | sed 's/$/000/'";

/** How people start the tests without a grader, in the folder that holds them or the workspace. */
const BARE: Readonly<Record<string, string>> = {
  pytest: `cd ${TESTS} && PYTHONPATH=${WORKSPACE} python3 -m pytest -q -p no:cacheprovider`,
  node: `cd ${TESTS} && node --test ./*.test.mjs`,
  "exit-status": `for each in ${TESTS}/*.sh; do bash "$each" || exit; done`,
  command: `bash ${TESTS}/run.sh`,
};

type Cost = { readonly wallMs: number; readonly cpuMs: number };

/** Notes the processor time of each sandbox just before it is closed. */
function metered(provider: SandboxProvider, note: (cpuMs: number) => void): SandboxProvider {
  return {
    image: (name) => provider.image(name),
    open: async (request, signal) => {
      const opened = await provider.open(request, signal);
      const sandbox: Sandbox = {
        id: opened.id,
        workspace: opened.workspace,
        run: (...args) => opened.run(...args),
        readFile: (...args) => opened.readFile(...args),
        writeFile: (...args) => opened.writeFile(...args),
        changeFiles: (...args) => opened.changeFiles(...args),
        list: (...args) => opened.list(...args),
        putFiles: (...args) => opened.putFiles(...args),
        exportFiles: (...args) => opened.exportFiles(...args),
        serve: (...args) => opened.serve(...args),
        fingerprint: (...args) => opened.fingerprint(...args),
        close: async () => {
          note(await processorMs(opened));
          await opened.close();
        },
      };
      return sandbox;
    },
  };
}

async function processorMs(sandbox: Sandbox): Promise<number> {
  const { head } = await sandbox.run({ command: USAGE, cwd: "/", env: {}, timeoutMs: 30_000, maxOutputBytes: 1_000 });
  return Number(new TextDecoder().decode(head)) / 1e6;
}

async function costOf(work: (sandboxes: SandboxProvider) => Promise<void>, provider: SandboxProvider): Promise<Cost> {
  let cpuMs = 0;
  const start = performance.now();
  await work(
    metered(provider, (ms) => {
      cpuMs += ms;
    }),
  );
  return { wallMs: performance.now() - start, cpuMs };
}

async function graded(task: Task, expected: Expected, sandboxes: SandboxProvider): Promise<void> {
  const submitted = await wholeOf(task);
  const verdict = await grade({ task, submitted, expected, sandboxes, signal: new AbortController().signal });
  if (!verdict.passed) throw new Error(`the reference of ${task.tests.runner} failed: ${verdict.log}`);
}

async function bare(task: Task, sandboxes: SandboxProvider): Promise<void> {
  const sandbox = await sandboxes.open({ image: null, limits: task.sandbox, purpose: "agent" }, new AbortController().signal);
  try {
    await sandbox.putFiles(WORKSPACE, await wholeOf(task));
    await sandbox.putFiles(TESTS, await task.files.tests());
    await sandbox.putFiles("/tmp/shared", [{ path: ".keep", bytes: new Uint8Array(), executable: false }]);
    const env = { SOLUTION: "/usr/bin/env", SHARED: "/tmp/shared", TESTS, HOME: "/tmp/shared" };
    const { exit, head } = await sandbox.run({
      command: BARE[task.tests.runner] ?? "false",
      cwd: WORKSPACE,
      env,
      timeoutMs: 60_000,
      maxOutputBytes: 100_000,
    });
    if (exit.kind !== "exited" || exit.code !== 0)
      throw new Error(`${task.tests.runner} by itself did not pass: ${new TextDecoder().decode(head)}`);
  } finally {
    await sandbox.close();
  }
}

async function wholeOf(task: Task): Promise<readonly SourceFile[]> {
  return [...(await task.files.workspace()), ...((await task.files.reference()) ?? [])];
}

type Measured = {
  readonly runner: string;
  readonly bare: readonly Cost[];
  readonly process: readonly Cost[];
  readonly none: readonly Cost[];
};

async function measureRunner(runner: string, provider: SandboxProvider): Promise<Measured> {
  const [apart, together] = (["process", "none"] as const).map((isolation) =>
    EVERY_RUNNER.find(({ task }) => task.tests.runner === runner && task.tests.isolation === isolation),
  );
  if (apart === undefined || together === undefined) throw new Error(`no task for ${runner}`);
  const signal = new AbortController().signal;
  const taught = await Promise.all([apart, together].map(({ task }) => learnExpected({ task, sandboxes: provider, signal })));
  const [first, second] = taught;
  if (first === undefined || second === undefined) throw new Error(`nothing learned for ${runner}`);
  const found = { runner, bare: [] as Cost[], process: [] as Cost[], none: [] as Cost[] };
  for (let round = 0; round < ROUNDS; round++) {
    found.bare.push(await costOf((sandboxes) => bare(apart.task, sandboxes), provider));
    found.process.push(await costOf((sandboxes) => graded(apart.task, first, sandboxes), provider));
    found.none.push(await costOf((sandboxes) => graded(together.task, second, sandboxes), provider));
  }
  return found;
}

const cpu = (costs: readonly Cost[]): number => median(costs.map(({ cpuMs }) => cpuMs));
const wall = (costs: readonly Cost[]): number => median(costs.map(({ wallMs }) => wallMs));
// Round by round, so that what slows the machine down for a while slows both down.
const ratio = (costs: readonly Cost[], floor: readonly Cost[]): number =>
  median(costs.map(({ cpuMs }, round) => cpuMs / (floor[round]?.cpuMs ?? 0)));

/** What a grading costs by runner and isolation, against the framework alone in a sandbox of its own. */
export async function measure(): Promise<Section> {
  const provider = dockerSandboxProvider(connectEngine(), { image: IMAGE, runId: `benchmark-${process.pid}` });
  const all: Measured[] = [];
  for (const runner of Object.keys(BARE)) all.push(await measureRunner(runner, provider));
  const row = (name: string, costs: readonly Cost[], floor: readonly Cost[]): string[] => [
    name,
    cpu(costs).toFixed(0),
    wall(costs).toFixed(0),
    times(ratio(costs, floor)),
  ];
  const worst = (runner: string): number => {
    const found = all.find((one) => one.runner === runner);
    return found === undefined ? Number.NaN : ratio(found.process, found.bare);
  };
  return {
    title: "A grading",
    how:
      `a small task of each runner, graded over its reference solution, one at a time, ${ROUNDS} rounds in turn: the framework alone in a sandbox of its own, the grading with the solution in a process of its own, and with it beside the tests. ` +
      "Processor time is that of the whole container, its start in it; medians, and the median of the rounds' own ratios to the framework alone. Where processors are scarce a grading gets them first, so its wall time may be the shorter one.",
    tables: [
      [
        ["for each grading", "processor ms", "wall ms", "processor time against the framework alone"],
        ...all.flatMap(({ runner, bare, process, none }) => [
          row(`${runner}, alone`, bare, bare),
          row(`${runner}, isolation process`, process, bare),
          row(`${runner}, isolation none`, none, bare),
        ]),
      ],
    ],
    findings: ["pytest", "node"].map((runner) => ({
      what: `Processor time of a grading with isolation process against ${runner} alone`,
      measured: times(worst(runner)),
      bound: `at most ${MOST}x`,
      holds: worst(runner) <= MOST,
    })),
  };
}
