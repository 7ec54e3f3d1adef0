import { isOfGate } from "../../analysis/gate/preregistration.ts";
import { summarizeRun } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import { jsonText, oneLine, printable } from "../../core/printable.ts";
import type { RunRecord } from "../../core/record.ts";
import { summaryTable } from "../../report/terminal/table/arm-tables.ts";
import { type Report, writeReport } from "../../report/written-report.ts";
import type { TaskMistake } from "../../store/read/task-mistakes.ts";
import type { Store } from "../../store/store.ts";
import { databaseFlag, openExistingToWrite, openToWrite } from "../open-store.ts";
import { probeBeforeRun, probeResumed } from "../probe/before-run.ts";
import { neededAgents } from "../sandbox/agent-layers.ts";
import { prepareSandboxes } from "../sandbox/prepare-sandboxes.ts";
import { type CommandDeps, imageDepsOf, imagesOf, type PreparedSandboxes } from "../sandbox/prepared-sandboxes.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { confirmKeys } from "../trust/keys.ts";
import type { Trust } from "../trust/trust.ts";
import type { PreparedRun } from "./execute-run.ts";
import { saveNewRun } from "./new-run.ts";
import { exitCodeOf, performRun } from "./perform-run.ts";
import { type Inputs, type LoadedInputs, loadInputs, sameAsStarted } from "./run-inputs.ts";
import type { RunFlags } from "./run-settings.ts";
import { resumedFlags, startedWith } from "./stored-flags.ts";

/** Where notices are printed. */
type Notices = Pick<Terminal, "notify">;

/** The terminal of a run, which flags were typed, how the user is asked before money is spent, and what they have allowed. */
export type RunDeps = {
  readonly terminal: Terminal;
  readonly given: (flag: string) => boolean;
  readonly confirm: (inputs: LoadedInputs, store: Store) => Promise<boolean>;
  readonly trust: Trust;
};

/** Starts or resumes a run, shows its progress and prints its table. Throws UserError before anything is run or stored. */
export async function startRun(given: RunFlags, deps: RunDeps): Promise<ExitCode> {
  return given.resume === undefined ? startNew(given, deps) : resume(given, given.resume, deps);
}

async function startNew(flags: RunFlags, { terminal, confirm, trust }: RunDeps): Promise<ExitCode> {
  const inputs = await loadInputs(flags);
  for (const line of inputs.notices) terminal.notify(line);
  await confirmKeys({ ...inputs, flags }, { terminal, trust });
  const images = await readyImages(inputs, flags, { terminal, trust });
  const store = await openToWrite(flags.db, trust);
  try {
    if (!(await confirm(inputs, store))) return 0;
    const { untriedArmIds, spending } = await probeBeforeRun({ arms: inputs.arms, flags, store }, terminal);
    const run = await saveNewRun(store, { ...inputs, flags, imageIds: images.imageIds });
    spending.save(store.spending, run.id);
    if (flags.reuse) tellReused(store, { run, ...inputs, imageIds: images.imageIds }, terminal);
    return await perform(store, { ...inputs, ...images, run, flags, untriedArmIds }, terminal);
  } finally {
    store.close();
  }
}

async function resume(given: RunFlags, name: string, { terminal, given: isGiven, trust }: RunDeps): Promise<ExitCode> {
  const store = await openExistingToWrite(given.db, trust);
  try {
    const run = store.findRun(name);
    refuseGateRun(run);
    const { flags, inputs, images } = await resumedParts(store, run, { given, isGiven, terminal, trust });
    const untriedArmIds = await probeResumed({ arms: inputs.arms, flags, store, runId: run.id }, terminal);
    // The process may have been killed after storing the run and before reusing trials.
    if (flags.reuse) tellReused(store, { run, ...inputs, imageIds: images.imageIds }, terminal);
    return await perform(store, { ...inputs, ...images, run, flags, untriedArmIds }, terminal);
  } finally {
    store.close();
  }
}

/** Refuses to resume the run of a sequential gate by itself; throws UserError that names the command for it. */
export function refuseGateRun(run: RunRecord): void {
  if (isOfGate(run))
    throw new UserError(`Cannot resume run "${run.id}": it belongs to a sequential gate; resume that with: bench gate --resume ${run.id}`);
}

/** The flags of a resumed run, which of them were typed, where notices are printed, and what the user has allowed. */
type ResumeDeps = CommandDeps & { readonly given: RunFlags; readonly isGiven: (flag: string) => boolean };

/** Loads the inputs of a stored run again; throws UserError when anything that decides its results has changed. */
export async function resumedParts(
  store: Store,
  run: RunRecord,
  { given, isGiven, terminal, trust, signal }: ResumeDeps,
): Promise<{ readonly flags: RunFlags; readonly inputs: Inputs; readonly images: PreparedSandboxes }> {
  const flags = resumedFlags(given, run, isGiven);
  terminal.notify(startedWith(run, flags));
  const inputs = sameAsStarted(store, run, await loadInputs(flags));
  await confirmKeys({ ...inputs, flags }, { terminal, trust });
  const images = await readyImages(inputs, flags, { terminal, trust, signal });
  rejectOtherImages(run, images.imageIds);
  return { flags, inputs, images };
}

/** Prepares the sandboxes of every image that the tasks need. */
export function readyImages({ suite, arms }: Inputs, flags: RunFlags, deps: CommandDeps): Promise<PreparedSandboxes> {
  const images = imagesOf(suite.tasks, flags.image, imageDepsOf(flags, deps));
  return prepareSandboxes(flags, { ...images, agents: neededAgents(arms) });
}

function rejectOtherImages(run: RunRecord, imageIds: ReadonlyMap<string, string>): void {
  const started = run.settings["images"] as Readonly<Record<string, string>> | undefined;
  const other = Object.entries(started ?? {}).find(([name, id]) => imageIds.get(name) !== id);
  if (other?.[0].startsWith("agent "))
    throw new UserError(`Cannot resume run "${run.id}": the programs of ${other[0]} are others than when it started; start a new run`);
  if (other)
    throw new UserError(
      `Cannot resume run "${run.id}": image "${other[0]}" has changed since it started; tag the old image again, or start a new run`,
    );
}

/** Reuses finished trials of the same arms and tasks from earlier runs, and prints how many. */
export function tellReused(
  store: Store,
  { run, suite, arms, imageIds }: Inputs & { readonly run: RunRecord; readonly imageIds: ReadonlyMap<string, string> },
  terminal: Notices,
): void {
  const imageOf = suite.tasks.map(({ id, image }) => [id, { name: image, id: imageIds.get(image ?? run.image) ?? "" }] as const);
  const reused = store.reuseTrials(run, Object.fromEntries(imageOf));
  const wanted = suite.tasks.length * arms.length * run.attempts;
  // A resumed run has already reused what it could.
  if (reused === 0 && store.gradedKeys(run.id).length > 0) return;
  terminal.notify(`Reused ${reused} of ${wanted} trials from earlier runs of the same arms and tasks; they cost nothing again`);
}

// With the same cap a run would stop again at once.
function higherCap({ capStops }: Pick<Report, "capStops">): string {
  const ofRun = capStops.find(({ owner }) => owner === null);
  return ofRun === undefined ? "" : ofRun.cap.kind === "usd" ? " --max-cost USD" : " --max-tokens N";
}

const MAX_MISTAKES = 5;

function mistakeLines(mistakes: readonly TaskMistake[]): readonly string[] {
  const lines = mistakes
    .slice(0, MAX_MISTAKES)
    .map(({ taskId, message }) => `Task "${printable(taskId)}" was not graded: ${oneLine(message)}; "bench check" tells more`);
  return mistakes.length > MAX_MISTAKES ? [...lines, `and ${mistakes.length - MAX_MISTAKES} more tasks that were not graded`] : lines;
}

async function perform(store: Store, performance: PreparedRun, terminal: Terminal): Promise<ExitCode> {
  const { run, flags } = performance;
  const end = await performRun(store, performance, { terminal });
  const ended = store.findRun(run.id);
  const arms = store.runs.arms(run.id);
  const result = writeReport(summarizeRun(ended, arms, store.runs.capStops({ run: ended, arms, spending: store.spending })), {
    databaseFlag: databaseFlag(flags.db),
  });
  terminal.print(flags.json ? jsonText(result) : summaryTable(result, terminal.paint));
  const hasErrors = result.arms.some((arm) => arm.errors > 0);
  const { mistakes, otherErrors } = store.runs.taskMistakes(run.id);
  for (const line of mistakeLines(mistakes)) terminal.notify(line);
  // A corrected task is another one, which belongs into a new run.
  if (mistakes.length > 0 && otherErrors === 0 && end === "complete") return 2;
  if (end !== "complete" || hasErrors)
    terminal.notify(`Resume with: bench run --resume ${run.id}${higherCap(result)}${databaseFlag(flags.db)}`);
  else terminal.notify(`Details: bench report ${run.id}${databaseFlag(flags.db)}`);
  return exitCodeOf(end, hasErrors);
}
