import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import Docker from "dockerode";
import { loadSuite } from "../src/config/suite.ts";
import type { RunEvent } from "../src/core/event.ts";
import { openModels } from "../src/model/open-model.ts";
import { makeArm } from "../src/run/arm.ts";
import { Treasury } from "../src/run/purse.ts";
import { executeRun } from "../src/run/run.ts";
import { makeTrialRunner } from "../src/run/trial-runner.ts";
import { openDockerSandbox } from "../src/sandbox/docker.ts";
import { connectEngine } from "../src/sandbox/engine.ts";
import { Store } from "../src/store/store.ts";
import { aSpec, someSettings } from "../test/fixtures/record.ts";
import { TempFolder, tinySuite } from "../test/fixtures/temp-folder.ts";

const TRIALS = 200;
const AT_ONCE = 8;
const LABEL = `benchmark-${process.pid}`;

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
const processes = (): number => readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isGuest(name)).length;

// A guest is told by its command line: the program that is the first process of a sandbox.
function isGuest(pid: string): boolean {
  try {
    return /python3\0-I\0-S\0-c/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return false;
  }
}

/** Runs many scripted trials and prints what the harness used and left behind. */
async function main(): Promise<void> {
  using folder = new TempFolder();
  const { tasks } = loadSuite(folder.write(tinySuite(...Array.from({ length: 10 }, (_, index) => `task-${index}`))));
  const store = new Store(folder.at("bench.db"), () => new Date());
  const arm = makeArm(aSpec(), someSettings());
  const attempts = TRIALS / tasks.length;
  store.saveRun({
    run: {
      id: LABEL,
      createdAt: new Date().toISOString(),
      suite: "tiny",
      suiteDigest: "d",
      attempts,
      harnessVersion: "0",
      image: "bench-sandbox:latest",
      imageId: "x",
      settings: {},
    },
    arms: [arm],
    tasks,
  });
  const open = openModels({ key: () => undefined, now: () => new Date() })(arm.model);
  const temporaryBefore = readdirSync(tmpdir()).length;
  const guestsBefore = processes();
  const memory: { done: number; rss: number }[] = [];
  let done = 0;
  let passed = 0;
  const report = (event: RunEvent): void => {
    if (event.kind !== "trial-finished") return;
    done += 1;
    if (event.trial.outcome.kind === "graded" && event.trial.outcome.verdict.passed) passed += 1;
    if (done % 25 === 0) memory.push({ done, rss: process.memoryUsage().rss });
  };
  const runTrial = makeTrialRunner({
    store,
    report,
    openSandbox: openDockerSandbox(connectEngine()),
    openModel: ({ task, key }) => open({ task, attempt: key.attempt }),
    image: "bench-sandbox:latest",
    imageIds: new Map(),
    runtime: null,
    treasury: new Treasury(store.ledger, { runId: LABEL, arms: [arm], caps: { maxCostUsd: null, maxTokens: null } }),
    runId: LABEL,
    concurrency: AT_ONCE,
    grading: 2,
    now: () => new Date(),
  });

  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = await executeRun(
    { runId: LABEL, tasks, arms: [arm], attempts },
    { store, report, width: AT_ONCE + 2, signal: new AbortController().signal, runTrial },
  );
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  store.close();

  const left = await new Docker().listContainers({ all: true, filters: { label: [`bench.run=${LABEL}`] } });
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  print(`${TRIALS} scripted trials, ${AT_ONCE} at once: ${end}, ${passed} passed, in ${seconds.toFixed(0)} s`);
  print(`trials per minute        ${((TRIALS / seconds) * 60).toFixed(1)}`);
  print(`harness CPU per trial    ${((cpu.user + cpu.system) / 1e6 / TRIALS).toFixed(3)} s`);
  print(`resident memory          ${memory.map(({ done: at, rss }) => `${at}: ${megabytes(rss)}`).join(", ")}`);
  print(
    `left behind              ${left.length} containers, ${processes() - guestsBefore} processes, ${readdirSync(tmpdir()).length - temporaryBefore} temporary files`,
  );
}

await main();
