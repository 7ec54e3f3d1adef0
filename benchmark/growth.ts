import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Model, ModelResponse } from "../src/core/model.ts";
import { WORKSPACE } from "../src/core/sandbox.ts";
import { openModels } from "../src/model/open-model.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { Store } from "../src/store/store.ts";
import { aSpec, aTask } from "../test/fixtures/record.ts";
import { TempFolder } from "../test/fixtures/temp-folder.ts";
import { call, calls, says } from "../test/fixtures/turn-model.ts";
import { memorySandboxes } from "./memory-sandbox.ts";
import { runRig } from "./rig.ts";
import { median, type Section } from "./section.ts";
import { STEADY_STEPS, steadyModelName } from "./workload.ts";

const TRIALS = 40;
const OUTPUT = "a line of what a command prints\n".repeat(150);
/** Steps are averaged with their neighbours, so that no single one decides. */
const EARLY = [4, 5, 6];
const LATE = [49, 50, 51];
const MAX_GROWTH = 1.1;
const MAX_TIME_GROWTH = 1.25;
const PRINTED_MB = [0.01, 1, 16];

type Steps = { readonly name: string; readonly bytes: readonly number[]; readonly ms: readonly number[] };

const answered = { ...aTask("grow"), deliver: { include: ["answer.txt"], exclude: [] } };
const TASK: typeof answered = {
  ...answered,
  tests: { ...answered.tests, runner: "exit-status", required: ["says.sh"], files: ["says.sh"] },
  files: {
    workspace: async () => [{ path: "answer.txt", bytes: Buffer.from("no\n"), executable: false }],
    tests: async () => [{ path: "says.sh", bytes: Buffer.from("true\n"), executable: false }],
    reference: async () => null,
    wrong: async () => [],
  },
};

/** A model that makes one call per step; all calls and results have equal size. */
function steadyModel(): Model {
  let step = 0;
  const next = (): ModelResponse => {
    step += 1;
    if (step === 1) return calls([call("write_file", { path: "answer.txt", content: "yes\n" })]);
    return step < STEADY_STEPS ? calls([call("run_command", { command: `make part-${String(step).padStart(3, "0")}` })]) : says("Done.");
  };
  return { spec: aSpec(), generate: async () => next() };
}

/** Runs long trials one after the other and records when each request arrived and what each step added to the store. */
async function play(name: string, openModel: () => Model): Promise<Steps> {
  using folder = new TempFolder();
  const path = folder.at("bench.db");
  const store = new Store(path, () => new Date());
  const times: number[][] = [];
  const timedModel = (): Model => {
    const model = openModel();
    const own: number[] = [];
    times.push(own);
    return {
      ...model,
      spec: model.spec,
      generate: (request) => {
        own.push(performance.now());
        return model.generate(request);
      },
    };
  };
  const rig = { store, tasks: [TASK], attempts: TRIALS, sandboxes: () => memorySandboxes(OUTPUT), concurrency: 1, grading: 1 };
  await runRig({ ...rig, openModel: timedModel });
  store.close();
  const stepMs = (step: number): number => median(times.slice(5).map((own) => (own[step] ?? Number.NaN) - (own[step - 1] ?? Number.NaN)));
  return {
    name,
    bytes: storedBytes(path),
    ms: Array.from({ length: STEADY_STEPS }, (_, index) => (index === 0 ? Number.NaN : stepMs(index))),
  };
}

// All rows of a step of the last trial, each blob at its full size.
function storedBytes(path: string): readonly number[] {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare(
      `select s.iteration, (select size from blobs where digest = s.turn_blob) + (select size from blobs where digest = s.body_blob) + length(s.http_attempts) + length(s.served)
         + coalesce((select sum((select size from blobs where digest = c.arguments_blob) + coalesce((select size from blobs where digest = c.result_blob), 0)
             + coalesce((select size from blobs where digest = c.output_blob), 0)) from tool_calls c where c.execution_id = s.execution_id and c.iteration = s.iteration), 0) as bytes
       from steps s where s.execution_id = (select max(execution_id) from steps) order by s.iteration`,
    )
    .all() as { bytes: number }[];
  database.close();
  return [0, ...rows.map(({ bytes }) => bytes)];
}

async function overHttp(): Promise<Steps> {
  const child: ChildProcess = fork(join(import.meta.dirname, "provider.ts"));
  const [url] = (await once(child, "message")) as [string];
  const spec = aSpec({ name: "steady", api: "openai-chat", model: steadyModelName, baseUrl: url, apiKeyEnv: "NONE" });
  const open = openModels({ key: () => "none", now: () => new Date() })(spec);
  try {
    return await play("over HTTP, whole conversation sent", () => open({ task: TASK, attempt: 1 }));
  } finally {
    child.disconnect();
  }
}

const around = (values: readonly number[], steps: readonly number[]): number => median(steps.map((step) => values[step] ?? Number.NaN));

async function printed(): Promise<readonly (readonly string[])[]> {
  const limits = { memoryMb: 512, cpus: 1, pids: 64, workspaceMb: 16, tmpMb: 16 };
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "benchmark" });
  const sandbox = await sandboxes.open({ image: null, limits, purpose: "agent" }, new AbortController().signal);
  try {
    const rows = [];
    for (const mb of PRINTED_MB) {
      const times: number[] = [];
      let kept = 0;
      for (let repeat = 0; repeat < 7; repeat++) {
        const command = `head -c ${Math.round(mb * 1024 * 1024)} /dev/zero`;
        const start = performance.now();
        const { head, tail } = await sandbox.run({ command, cwd: WORKSPACE, env: {}, timeoutMs: 60_000, maxOutputBytes: 65_536 });
        times.push(performance.now() - start);
        kept = head.length + tail.length;
      }
      rows.push([`${mb} MB printed`, median(times).toFixed(1), (median(times) / mb).toFixed(1), (kept / 1024).toFixed(0)]);
    }
    return rows;
  } finally {
    await sandbox.close();
  }
}

/** What a step costs early and late in a trial, and what a command's output costs by its size. */
export async function measure(): Promise<Section> {
  const own = await play("the harness itself", steadyModel);
  const http = await overHttp();
  const row = ({ name, bytes, ms }: Steps): string[] => [
    name,
    around(bytes, EARLY).toFixed(0),
    around(bytes, LATE).toFixed(0),
    around(ms, EARLY).toFixed(2),
    around(ms, LATE).toFixed(2),
  ];
  const bytesGrowth = around(own.bytes, LATE) / around(own.bytes, EARLY);
  const timeGrowth = around(own.ms, LATE) / around(own.ms, EARLY);
  return {
    title: "Growth",
    how: `${TRIALS} trials of ${STEADY_STEPS} steps, one tool call each and 4.7 KB of output, in sandboxes that are tables in memory; a step is the time between two requests, the median over the trials. Over HTTP every request holds the whole conversation, as the protocol wants it.`,
    tables: [
      [["", "stored at step 5, bytes", "at step 50", "time of step 5, ms", "of step 50"], row(own), row(http)],
      [["output of a command", "ms", "ms for each MB", "kept, KB"], ...(await printed())],
    ],
    findings: [
      {
        what: "Stored at step 50 over step 5",
        measured: `${bytesGrowth.toFixed(2)}x`,
        bound: `at most ${MAX_GROWTH}x`,
        holds: bytesGrowth <= MAX_GROWTH,
      },
      {
        what: "Time of step 50 over step 5",
        measured: `${timeGrowth.toFixed(2)}x`,
        bound: `at most ${MAX_TIME_GROWTH}x`,
        holds: timeGrowth <= MAX_TIME_GROWTH,
      },
    ],
  };
}
