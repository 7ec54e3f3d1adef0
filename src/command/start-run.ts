import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { environmentVariable } from "../config/environment.ts";
import { chooseModels, type ModelChoice } from "../config/model-choice.ts";
import { loadModels } from "../config/models.ts";
import { loadPrompt } from "../config/prompt.ts";
import { UserError } from "../core/errors.ts";
import type { RunEnd, RunRecord } from "../core/record.ts";
import type { Suite } from "../core/task.ts";
import type { Arm } from "../core/trial.ts";
import { type OpenModel, openModels } from "../model/open-model.ts";
import { progressReporter } from "../report/progress.ts";
import { buildReport } from "../report/report.ts";
import { summaryTable } from "../report/summary-table.ts";
import { makeArm } from "../run/arm.ts";
import { executeRun } from "../run/run.ts";
import { makeTrialRunner } from "../run/trial-runner.ts";
import { openDockerSandbox } from "../sandbox/docker.ts";
import { currentOwner, hasGone, ownerFromText, ownerToText } from "../sandbox/owner.ts";
import type { RunOwner, Store } from "../store/store.ts";
import { readyEngine } from "./engine-ready.ts";
import { DEFAULT_DATABASE } from "./flag.ts";
import { gitState } from "./git-state.ts";
import { listenForInterrupt } from "./interrupt.ts";
import { openExistingStore, openStore } from "./open-store.ts";
import { agentSettings, fixedFlags, type RunFlags, resumedFlags } from "./run-settings.ts";
import { loadTasks } from "./suite-source.ts";
import type { ExitCode, Terminal } from "./terminal.ts";
import { harnessVersion } from "./version.ts";

/** Where a run is shown, and which flags were really typed. */
export type RunSurroundings = { readonly terminal: Terminal; readonly given: (flag: string) => boolean };

const EXIT: Readonly<Record<RunEnd, ExitCode>> = { complete: 0, failed: 4, interrupted: 130 };

/** Starts or resumes a run, shows it as it goes, and ends with its table. Throws UserError before anything was run or stored. */
export async function startRun(given: RunFlags, surroundings: RunSurroundings): Promise<ExitCode> {
  return given.resume === undefined ? startNew(given, surroundings.terminal) : resume(given, given.resume, surroundings);
}

async function startNew(flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  const { suite, arms, choice } = await loadInputs(flags);
  for (const line of leftOutLines(choice)) terminal.tell(line);
  const images = await readyImages(suite, flags);
  const store = openStore(flags.db, "write");
  try {
    const run = await saveNewRun(store, { flags, suite, arms, imageIds: images.imageIds });
    return await perform(store, { run, flags, suite, arms, ...images }, terminal);
  } finally {
    store.close();
  }
}

async function resume(given: RunFlags, name: string, surroundings: RunSurroundings): Promise<ExitCode> {
  const store = openExistingStore(given.db, "write");
  try {
    const run = store.findRun(name);
    const flags = resumedFlags(given, run, surroundings.given);
    const { suite, arms } = sameAsStarted(store, run, await loadInputs(flags));
    const images = await readyImages(suite, flags);
    refuseOtherImages(run, images.imageIds);
    return await perform(store, { run, flags, suite, arms, ...images }, surroundings.terminal);
  } finally {
    store.close();
  }
}

function leftOutLines({ leftOut }: ModelChoice): readonly string[] {
  const reasons = new Set(leftOut.map(({ reason }) => reason));
  return [...reasons].map((reason) => {
    const names = leftOut.filter((one) => one.reason === reason).map(({ name }) => name);
    return `Left out: ${names.join(", ")} (${reason})`;
  });
}

function readyImages(suite: Suite, flags: RunFlags): ReturnType<typeof readyEngine> {
  return readyEngine(suite.tasks.map((task) => task.image ?? flags.image));
}

type Inputs = { readonly suite: Suite; readonly arms: readonly Arm[] };

async function loadInputs(flags: RunFlags): Promise<Inputs & { readonly choice: ModelChoice }> {
  const choice = chooseModels(loadModels(flags.models), flags.model ?? [], environmentVariable);
  const settings = agentSettings(flags, loadPrompt(flags.prompt ?? null));
  const suite = await loadTasks(flags.suite ?? [], flags.task ?? []);
  return { suite, arms: choice.chosen.map((spec) => makeArm(spec, settings)), choice };
}

// Anything that changed would make the new trials another experiment under the old name. What came new to the files takes no part.
function sameAsStarted(store: Store, run: RunRecord, { suite, arms }: Inputs): Inputs {
  const kept = store.runs.shape(run.id);
  const refuse = (what: string): never => {
    throw new UserError(`Cannot resume run "${run.id}": ${what} since it started; restore it, or start a new run`);
  };
  const tasks = kept.tasks.map(
    ({ id, digest }) => suite.tasks.find((task) => task.id === id && task.digest === digest) ?? refuse(`task "${id}" has changed or gone`),
  );
  const sameArms = kept.arms.map(
    ({ id, name }) =>
      arms.find((arm) => arm.id === id) ?? refuse(`model "${name}" or its prompt has changed, or its key is not set any more,`),
  );
  return { suite: { ...suite, tasks }, arms: sameArms };
}

function refuseOtherImages(run: RunRecord, imageIds: ReadonlyMap<string, string>): void {
  const started = run.settings["images"] as Readonly<Record<string, string>>;
  const other = Object.entries(started).find(([name, id]) => imageIds.get(name) !== id);
  if (other)
    throw new UserError(
      `Cannot resume run "${run.id}": image "${other[0]}" is another one than when it started; tag the old image again, or start a new run`,
    );
}

type NewRun = Inputs & { readonly flags: RunFlags; readonly imageIds: ReadonlyMap<string, string> };

async function saveNewRun(store: Store, { flags, suite, arms, imageIds }: NewRun): Promise<RunRecord> {
  const now = new Date();
  const run = {
    id: newRunId(now),
    createdAt: now.toISOString(),
    suite: suite.name,
    suiteDigest: suite.digest,
    attempts: flags.attempts,
    harnessVersion: harnessVersion(),
    image: flags.image,
    imageId: imageIds.get(flags.image) ?? "",
    settings: { flags: fixedFlags(flags), images: Object.fromEntries(imageIds), git: await gitState(), node: process.version },
  };
  store.saveRun({ run, arms, tasks: suite.tasks });
  return { ...run, finishedAt: null, end: null };
}

// Sorts by time, and is short enough to be typed.
function newRunId(now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 13);
  return `${stamp}-${randomBytes(2).toString("hex")}`;
}

type Performance = Inputs & { readonly run: RunRecord; readonly flags: RunFlags } & Awaited<ReturnType<typeof readyEngine>>;

async function perform(store: Store, { run, flags, suite, arms, engine, imageIds }: Performance, terminal: Terminal): Promise<ExitCode> {
  store.claimRun(run.id, processOwner());
  const report = progressReporter({
    stream: process.stderr,
    live: terminal.live,
    paint: terminal.paintProgress,
    now: () => performance.now(),
  });
  const interrupt = listenForInterrupt((text) => report({ kind: "notice", text }));
  const grading = flags.grading ?? availableParallelism();
  try {
    const openers = openersOf(arms);
    const runTrial = makeTrialRunner({
      store,
      report,
      openSandbox: openDockerSandbox(engine),
      openModel: ({ arm, task, key }) => openers(arm)({ task, attempt: key.attempt }),
      image: flags.image,
      imageIds,
      runtime: flags.runtime ?? null,
      runId: run.id,
      concurrency: flags.concurrency,
      grading,
      now: () => new Date(),
    });
    const shape = { runId: run.id, tasks: suite.tasks, arms, attempts: run.attempts };
    const end = await executeRun(shape, { store, report, signal: interrupt.signal, width: flags.concurrency + grading, runTrial });
    const result = buildReport(store.findRun(run.id), store.runs.arms(run.id));
    terminal.print(flags.json ? JSON.stringify(result, null, 2) : summaryTable(result, terminal.paint));
    const hasErrors = result.arms.some((arm) => arm.errors > 0);
    if (end !== "complete" || hasErrors)
      terminal.tell(`Go on with: bench run --resume ${run.id}${flags.db === DEFAULT_DATABASE ? "" : ` --db ${flags.db}`}`);
    else terminal.tell(`Look closer with: bench report ${run.id}`);
    return end === "complete" && hasErrors ? 4 : EXIT[end];
  } finally {
    interrupt.release();
  }
}

function openersOf(arms: readonly Arm[]): (arm: Arm) => OpenModel {
  const open = openModels({ key: environmentVariable, now: () => new Date() });
  const openers = new Map(arms.map((arm) => [arm.id, open(arm.model)]));
  return (arm) => {
    const opener = openers.get(arm.id);
    if (!opener) throw new Error(`Cannot open model "${arm.name}": it is no arm of this run; this is a bug`);
    return opener;
  };
}

function processOwner(): RunOwner {
  const self = currentOwner();
  return {
    text: ownerToText(self),
    hasGone: (text) => {
      const owner = ownerFromText(text);
      return owner === null || hasGone(owner, self);
    },
  };
}
