import type { PreparedRun } from "../command/run/execute-run.ts";
import type { RunFlags } from "../command/run/run-settings.ts";
import type { Trust } from "../command/trust/trust.ts";
import type { ToolProfile } from "../core/agent.ts";
import { UserError } from "../core/errors.ts";
import type { RunEvent } from "../core/event.ts";
import type { RunEnd } from "../core/record.ts";
import type { Report } from "../report/written-report.ts";
import type { Store } from "../store/store.ts";
import { DEFAULT_DATABASE } from "./read-store.ts";
import type { ReadOptions } from "./results.ts";

/** How a run is carried out; these options do not change what is measured. */
export type ExecutionOptions = ReadOptions & {
  /** Agents at a time; by default as many as this machine has capacity for. */
  readonly concurrency?: number;
  /** Gradings at a time; by default one per free processor. */
  readonly grading?: number;
  /** Dollars the run may spend in all: requests that could exceed it are not sent. */
  readonly maxCostUsd?: number;
  readonly maxTokens?: number;
  /** Hours after which the run stops, to be resumed. */
  readonly maxHours?: number;
  /** With a cost limit, also runs models without a known price too; they count as free. */
  readonly allowUnknownPrices?: boolean;
  /** Allows what `bench run` would ask for: sending a key to a host, building an image, writing to a database from elsewhere. Nothing is remembered. */
  readonly trust?: boolean;
  /** Tries a model out before the first run of it, for less than a cent: a mistake in its entry rejects before anything is run. True by default. */
  readonly probe?: boolean;
  /** Builds images from folders of tasks with the network of this machine, its own services included; without this they are built without network. */
  readonly buildNetwork?: boolean;
  /** Stops the run; trials in progress continue when it is resumed. */
  readonly signal?: AbortSignal;
  /** Receives what happens, after it is stored. Must not throw. */
  readonly onEvent?: (event: RunEvent) => void;
};

/** What is run: every chosen model with every prompt and overlay on every chosen task. */
export type RunOptions = ExecutionOptions & {
  /** The file that lists models; models.yaml by default. */
  readonly modelsFile?: string;
  /** Names of models in that file, `*` matches anything; by default all that are enabled and have a key. */
  readonly models?: readonly string[];
  /** Suites by name in tasks/, by folder, or in the format of another benchmark; by default every suite in tasks/. */
  readonly suites?: readonly string[];
  /** Ids of tasks, `*` matches anything; a leading `!` excludes. */
  readonly tasks?: readonly string[];
  readonly attempts?: number;
  /** Files with system prompts; "default" is the built-in one. */
  readonly prompts?: readonly string[];
  /** Folders whose files, such as AGENTS.md, are laid over the workspace; "none" lays nothing. */
  readonly overlays?: readonly string[];
  readonly profile?: ToolProfile;
  readonly maxIterations?: number;
  /** Working time that a trial may take, in minutes. */
  readonly maxMinutes?: number;
  readonly maxTrialCostUsd?: number;
  /** Whether agents are shown a task's project files (AGENTS.md and the like); true by default. */
  readonly contextFiles?: boolean;
  readonly image?: string;
  readonly sandbox?: "docker" | "bubblewrap";
  /** OCI runtime of the containers, such as runsc. */
  readonly runtime?: string;
  /** Reuses finished trials of the same arms and tasks from earlier runs. */
  readonly reuse?: boolean;
  readonly tags?: readonly string[];
};

/** How a run ended, and its figures so far. */
export type RunResult = { readonly runId: string; readonly end: RunEnd; readonly report: Report };

/**
 * Runs models on tasks, grades with the hidden tests and stores everything, as `bench run` does. Does not ask before it spends money: set `maxCostUsd`.
 *
 * Throws UserError before anything is run when a file, name or option is wrong or no sandbox can be opened.
 */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const [{ openToWrite }, { loadInputs }, { saveNewRun }, { readyImages, tellReused }, { confirmKeys }, { probeBeforeRun }] =
    await Promise.all([
      import("../command/open-store.ts"),
      import("../command/run/run-inputs.ts"),
      import("../command/run/new-run.ts"),
      import("../command/run/start-run.ts"),
      import("../command/trust/keys.ts"),
      import("../command/probe/before-run.ts"),
    ]);
  const flags = runFlags(options);
  const notices = noticesTo(options);
  const inputs = await loadInputs(flags);
  for (const line of inputs.notices) notices.notify(line);
  const trust = await trustOf(options);
  await confirmKeys({ ...inputs, flags }, { terminal: notices, trust });
  const images = await readyImages(inputs, flags, { terminal: notices, trust, signal: options.signal });
  const store = await openToWrite(flags.db, trust);
  try {
    const { untriedArmIds, spending } = await probeBeforeRun({ arms: inputs.arms, flags, store }, notices, options.signal);
    const stored = await saveNewRun(store, { ...inputs, flags, imageIds: images.imageIds });
    spending.save(store.spending, stored.id);
    if (flags.reuse) tellReused(store, { run: stored, ...inputs, imageIds: images.imageIds }, notices);
    return await execute(store, { ...inputs, ...images, run: stored, flags, untriedArmIds }, options);
  } finally {
    store.close();
  }
}

/**
 * Continues a run that did not finish, as `bench run --resume` does. `name` is a run's id, the start of one, or "latest".
 *
 * Throws UserError when anything that decides its results has changed since it started.
 */
export async function resume(name: string, options: ExecutionOptions = {}): Promise<RunResult> {
  const [{ openExistingToWrite }, { refuseGateRun, resumedParts, tellReused }, { probeResumed }] = await Promise.all([
    import("../command/open-store.ts"),
    import("../command/run/start-run.ts"),
    import("../command/probe/before-run.ts"),
  ]);
  const given = runFlags(options);
  const notices = noticesTo(options);
  const trust = await trustOf(options);
  const store = await openExistingToWrite(given.db, trust);
  try {
    const stored = store.findRun(name);
    refuseGateRun(stored);
    const { flags, inputs, images } = await resumedParts(store, stored, {
      given,
      isGiven: () => false,
      terminal: notices,
      trust,
      signal: options.signal,
    });
    const untriedArmIds = await probeResumed({ arms: inputs.arms, flags, store, runId: stored.id }, notices, options.signal);
    if (flags.reuse) tellReused(store, { run: stored, ...inputs, imageIds: images.imageIds }, notices);
    return await execute(store, { ...inputs, ...images, run: stored, flags, untriedArmIds }, options);
  } finally {
    store.close();
  }
}

async function execute(store: Store, performance: PreparedRun, { onEvent = () => {}, signal }: ExecutionOptions): Promise<RunResult> {
  const [{ executeRun }, { summarizeRun }, { writeReport }] = await Promise.all([
    import("../command/run/execute-run.ts"),
    import("../analysis/summary.ts"),
    import("../report/written-report.ts"),
  ]);
  for (const text of performance.notices) onEvent({ kind: "notice", text });
  const { id } = performance.run;
  const end = await executeRun(store, performance, { report: onEvent, signal: signal ?? new AbortController().signal });
  const run = store.findRun(id);
  const arms = store.runs.arms(id);
  return { runId: id, end, report: writeReport(summarizeRun(run, arms, store.runs.capStops({ run, arms, spending: store.spending }))) };
}

// A program is not asked: what is not allowed yet rejects.
async function trustOf(options: ExecutionOptions): Promise<Trust> {
  const { openTrust } = await import("../command/trust/trust.ts");
  return openTrust({ trust: options.trust, option: "trust: true", ask: null }, noticesTo(options));
}

function noticesTo({ onEvent = () => {} }: ExecutionOptions): { notify(text: string): void } {
  return { notify: (text) => onEvent({ kind: "notice", text }) };
}

const WHOLE_NUMBERS = ["attempts", "maxIterations", "concurrency", "grading", "maxTokens"] as const;
const POSITIVE_NUMBERS = ["maxMinutes", "maxHours", "maxCostUsd", "maxTrialCostUsd"] as const;

// As `bench run` has them.
const DEFAULT_MAX_ITERATIONS = 20;
const DEFAULT_MAX_MINUTES = 30;
const DEFAULT_IMAGE = "bench-sandbox:latest";

// The options under the names of the flags of the command line, which are kept with a run.
function runFlags(options: RunOptions): RunFlags {
  checkNumbers(options);
  const set = <Name extends keyof RunFlags>(name: Name, value: RunFlags[Name] | undefined): Partial<RunFlags> =>
    value === undefined ? {} : { [name]: value };
  return {
    models: options.modelsFile ?? "models.yaml",
    attempts: options.attempts ?? 1,
    profile: options.profile ?? "full",
    maxIterations: options.maxIterations ?? DEFAULT_MAX_ITERATIONS,
    maxMinutes: options.maxMinutes ?? DEFAULT_MAX_MINUTES,
    contextFiles: options.contextFiles ?? true,
    image: options.image ?? DEFAULT_IMAGE,
    sandbox: options.sandbox ?? "docker",
    db: options.database ?? DEFAULT_DATABASE,
    ...set("model", options.models),
    ...set("suite", options.suites),
    ...set("task", options.tasks),
    ...set("prompt", options.prompts),
    ...set("overlay", options.overlays),
    ...set("maxTrialCost", options.maxTrialCostUsd),
    ...set("maxCost", options.maxCostUsd),
    ...set("maxTokens", options.maxTokens),
    ...set("maxHours", options.maxHours),
    ...set("concurrency", options.concurrency),
    ...set("grading", options.grading),
    ...set("runtime", options.runtime),
    ...set("tag", options.tags),
    ...(options.reuse ? { reuse: true } : {}),
    ...(options.buildNetwork ? { buildNetwork: true } : {}),
    ...set("probe", options.probe),
    ...(options.allowUnknownPrices ? { allowUnknownPrices: true } : {}),
  };
}

function checkNumbers(options: RunOptions): void {
  for (const name of WHOLE_NUMBERS) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1))
      throw new UserError(`Cannot run with ${name} ${value}: expected a whole number above 0`);
  }
  for (const name of POSITIVE_NUMBERS) {
    const value = options[name];
    if (value !== undefined && !(Number.isFinite(value) && value > 0))
      throw new UserError(`Cannot run with ${name} ${value}: expected a number above 0`);
  }
}
