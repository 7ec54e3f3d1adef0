import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { loadSuite } from "../src/config/suite.ts";
import { openModels } from "../src/model/open-model.ts";
import type { PlannedTrial } from "../src/run/planned-trial.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { Store } from "../src/store/store.ts";
import { aSpec } from "../test/fixtures/record.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { runRig } from "./rig.ts";
import { type Section, times } from "./section.ts";
import { modelName, workOf } from "./workload.ts";

const MOST = 1.05;
const LIMITS = "{memory_mb: 256, workspace_mb: 16, tmp_mb: 16, pids: 64}";
/** Trials in flight, and what they work through: `tasks` times `attempts`. */
const CASES = [
  { inFlight: 8, tasks: 16, attempts: 3, grading: 4 },
  { inFlight: 32, tasks: 64, attempts: 12, grading: 4 },
  { inFlight: 128, tasks: 128, attempts: 24, grading: 8 },
];

type Case = (typeof CASES)[number];
type Outcome = Case & { readonly makespanMs: number; readonly boundMs: number; readonly cpuMs: number };

function suite(tasks: number): Readonly<Record<string, string>> {
  const files = Array.from({ length: tasks }, (_, task) => ({
    [`task-${task}/task.yaml`]: `title: Wait\ndeliver: ["answer.txt"]\ntests: {runner: exit-status, required: [waits.sh]}\nsandbox: ${LIMITS}\n`,
    [`task-${task}/prompt.md`]: "Write yes into answer.txt.\n",
    [`task-${task}/workspace/answer.txt`]: "no\n",
    [`task-${task}/workspace/notes.txt`]: Array.from({ length: 40 }, (__, line) => `line ${line}\n`).join(""),
    [`task-${task}/tests/waits.sh`]: `sleep ${workOf(task, 1).testMs / 1000}; read -r answer < /workspace/answer.txt; [ "$answer" = yes ]\n`,
    [`task-${task}/solution/answer.txt`]: "yes\n",
  }));
  return Object.assign({ "suite.yaml": "name: mixed\n" }, ...files) as Record<string, string>;
}

/** No schedule can be shorter: every agent's place and every grading's place full all the time, or the longest trial alone. */
function lowerBoundMs({ inFlight, tasks, attempts, grading }: Case): number {
  const works = Array.from({ length: tasks * attempts }, (_, index) => workOf(index % tasks, 1 + Math.floor(index / tasks))).map(
    ({ latenciesMs, testMs }) => ({ agentMs: latenciesMs.reduce((sum, ms) => sum + ms, 0), testMs }),
  );
  const sum = (part: "agentMs" | "testMs"): number => works.reduce((total, work) => total + work[part], 0);
  const longest = Math.max(...works.map(({ agentMs, testMs }) => agentMs + testMs));
  return Math.max(sum("agentMs") / inFlight, sum("testMs") / grading, longest);
}

async function startProvider(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = fork(join(import.meta.dirname, "provider.ts"));
  const [url] = (await once(child, "message")) as [string];
  return { child, url };
}

async function play(one: Case, url: string): Promise<Outcome> {
  using folder = new TempFolder();
  const { tasks } = loadSuite(folder.write(suite(one.tasks)));
  const store = new Store(folder.at("bench.db"), () => new Date());
  const spec = aSpec({
    name: "mixed",
    api: "openai-chat",
    baseUrl: url,
    apiKeyEnv: "NONE",
    limits: { concurrency: 512, rpm: null, tpm: null },
  });
  const open = openModels({ key: () => "none", now: () => new Date() });
  const openModel = ({ task, key }: PlannedTrial) =>
    open({ ...spec, model: modelName(Number(task.id.replace("task-", "")), key.attempt) })({ task, attempt: key.attempt });
  const { wallMs, cpuMs } = await runRig({
    store,
    tasks,
    attempts: one.attempts,
    sandboxes: (runId) => dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId }),
    concurrency: one.inFlight,
    grading: one.grading,
    spec,
    openModel,
  });
  store.close();
  return { ...one, makespanMs: wallMs, boundMs: lowerBoundMs(one), cpuMs };
}

/** How close a run comes to the shortest time that its models and tests allow at a given number in flight. */
export async function measure(): Promise<Section> {
  const { child, url } = await startProvider();
  const outcomes: Outcome[] = [];
  try {
    for (const one of CASES) outcomes.push(await play(one, url));
  } finally {
    child.disconnect();
  }
  const ratio = ({ makespanMs, boundMs }: Outcome): number => makespanMs / boundMs;
  return {
    title: "Scheduling",
    how:
      "Real containers, and a provider on this machine whose responses take 1 to 20 s (log-normal, median 3.5 s), 8 to 20 of them a trial; tests take 0.2 to 10 s (log-normal, median 0.7 s). Nothing is known of the tasks beforehand. The lower bound is the largest of: " +
      "the time of all responses over the trials in flight, the time of all tests over the gradings at once, the longest trial. What it does not hold is ours: containers, tool calls, and places that stand empty, at the start and the end too; these weigh less the longer a run is.",
    tables: [
      [
        ["in flight", "trials", "gradings at once", "lower bound, s", "makespan, s", "ratio", "harness CPU for each trial, ms"],
        ...outcomes.map((one) => [
          String(one.inFlight),
          String(one.tasks * one.attempts),
          String(one.grading),
          (one.boundMs / 1000).toFixed(0),
          (one.makespanMs / 1000).toFixed(0),
          times(ratio(one)),
          (one.cpuMs / one.tasks / one.attempts).toFixed(0),
        ]),
      ],
    ],
    findings: outcomes
      .filter(({ inFlight }) => inFlight >= 32)
      .map((one) => ({
        what: `Makespan over its lower bound, ${one.inFlight} trials in flight`,
        measured: `${ratio(one).toFixed(3)}x`,
        bound: `at most ${MOST}x`,
        holds: ratio(one) <= MOST,
      })),
  };
}
