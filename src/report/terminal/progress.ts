import { createLogUpdate } from "log-update";
import type { Reporter, RunEvent } from "../../core/event.ts";
import { markedCost } from "../../core/figure.ts";
import { formatDuration, formatTokens, formatUsd } from "../../core/format.ts";
import { heldBackText, lostFiles } from "../../core/held-back.ts";
import { printable } from "../../core/printable.ts";
import type { Arm, Trial } from "../../core/trial.ts";
import { type Palette, terminalText } from "./palette.ts";
import { cellText } from "./table-style.ts";

/** The stream and style of progress output, and its clock in milliseconds. */
export type ProgressOutput = {
  readonly stream: NodeJS.WriteStream;
  readonly live: boolean;
  readonly paint: Palette;
  readonly now: () => number;
};

type Tally = { readonly name: string; passed: number; failed: number; errors: number } & Spent;
/** What trials cost: null has an unknown part, and without a step nothing is known where requests may have been billed. */
type Spent = { costUsd: number | null; steps: number; unbilledAttempts: number };
type State = {
  planned: number;
  done: number;
  resumedDone: number;
  running: number;
  startedAt: number;
  /** What is left of the limits of the run, in words; empty without a limit. */
  left: string;
  readonly tallies: Map<string, Tally>;
};

const REDRAW_MS = 100;
// Leaves room for counts of four digits, a time and a cost in 80 columns.
const BAR_WIDTH = 18;

/** Reports the progress of a run on a stream: as a live display on a terminal, else with one line for each trial. */
export function progressReporter(output: ProgressOutput): Reporter {
  const state: State = { planned: 0, done: 0, resumedDone: 0, running: 0, startedAt: output.now(), left: "", tallies: new Map() };
  return output.live ? liveReporter(output, state) : lineReporter(output, state);
}

function liveReporter(output: ProgressOutput, state: State): Reporter {
  const screen = createLogUpdate(output.stream);
  let drawnAt = 0;
  const draw = (force: boolean): void => {
    if (!force && output.now() - drawnAt < REDRAW_MS) return;
    drawnAt = output.now();
    screen(terminalText(picture(state, output), output.paint));
  };
  return (event) => {
    apply(state, event, output.now());
    const line = lastingLine(state, event);
    if (line) {
      screen.clear();
      output.stream.write(`${terminalText(line, output.paint)}\n`);
    }
    draw(line !== null || event.kind === "run-finished");
    if (event.kind === "run-finished") screen.done();
  };
}

function lineReporter(output: ProgressOutput, state: State): Reporter {
  return (event) => {
    apply(state, event, output.now());
    const line = eventLine(state, event);
    if (line) output.stream.write(`${terminalText(line, output.paint)}\n`);
  };
}

// Lines that stay on the screen above the live display: the run's name, notices, errors of trials, and trials of which files were not graded.
function lastingLine(state: State, event: RunEvent): string | null {
  const isTold = event.kind === "trial-finished" && (event.trial.outcome.kind === "error" || lostText(event.trial) !== "");
  return isTold || event.kind === "run-started" || event.kind === "notice" ? eventLine(state, event) : null;
}

function eventLine(state: State, event: RunEvent): string | null {
  if (event.kind === "notice") return event.text;
  if (event.kind === "run-started")
    return `Run ${event.runId}: ${event.planned} trials${event.alreadyDone > 0 ? `, ${event.alreadyDone} already done` : ""}`;
  if (event.kind !== "trial-finished") return null;
  const { trial } = event;
  const name = state.tallies.get(trial.key.armId)?.name ?? trial.key.armId;
  const figures = `${trial.totals.iterations} iterations, ${formatDuration(trial.totals.workingMs)}, ${shownCost({ ...trial.totals, steps: trial.totals.iterations })}`;
  const reason = trial.outcome.kind === "error" ? `: ${firstLine(trial.outcome.message)}` : "";
  return `[${state.done}/${state.planned}] ${word(trial).padEnd(5)} ${cellText(name)}  ${cellText(trial.key.taskId)} #${trial.key.attempt}  ${figures}${reason}${lostText(trial)}${state.left === "" ? "" : `  (${state.left})`}`;
}

const MAX_LOST = 2;

function lostText({ outcome }: Trial): string {
  const lost = outcome.kind === "graded" ? lostFiles(outcome.verdict.heldBack) : [];
  return lost.length === 0 ? "" : `; not graded: ${heldBackText(lost, MAX_LOST)}`;
}

// Longer ones are whole answers of a provider; "bench show" has them.
const MAX_REASON = 500;

function firstLine(message: string): string {
  return printable(message.trimEnd().split(/\r?\n/, 1)[0] ?? "", MAX_REASON);
}

function word(trial: Trial): string {
  if (trial.outcome.kind === "error") return "error";
  return trial.outcome.verdict.passed ? "pass" : "fail";
}

function apply(state: State, event: RunEvent, now: number): void {
  if (event.kind === "run-started") {
    Object.assign(state, { planned: event.planned, done: event.alreadyDone, resumedDone: event.alreadyDone, startedAt: now });
    for (const arm of event.arms) state.tallies.set(arm.id, newTally(arm));
  }
  if (event.kind === "trial-started") state.running += 1;
  if (event.kind === "trial-left") state.running -= 1;
  if (event.kind === "spent") state.left = whatIsLeft(event);
  if (event.kind === "trial-finished") {
    state.running -= 1;
    state.done += 1;
    count(state.tallies.get(event.trial.key.armId), event.trial);
  }
}

function whatIsLeft(event: Extract<RunEvent, { kind: "spent" }>): string {
  const { maxCostUsd, spentUsd, assumedUsd, maxTokens, spentTokens, assumedTokens } = event;
  const money = { most: maxCostUsd, spent: spentUsd, assumed: assumedUsd, show: formatUsd, unit: "" };
  const tokens = { most: maxTokens, spent: spentTokens, assumed: assumedTokens, show: formatTokens, unit: " tokens" };
  return [...leftWords(money), ...leftWords(tokens)].join(", ");
}

type Limit = {
  readonly most: number | null;
  readonly spent: number;
  readonly assumed: number;
  readonly show: (amount: number) => string;
  readonly unit: string;
};

// What requests that broke off may have cost is not known to be spent, but no longer left either.
function leftWords({ most, spent, assumed, show, unit }: Limit): readonly string[] {
  if (most === null) return [];
  const left = `${show(Math.max(0, most - spent - assumed))} of ${show(most)}${unit} left`;
  return [assumed === 0 ? left : `${left}: ${show(spent)} spent, ${show(assumed)} assumed`];
}

function newTally(arm: Arm): Tally {
  return { name: cellText(arm.name), passed: 0, failed: 0, errors: 0, costUsd: 0, steps: 0, unbilledAttempts: 0 };
}

function count(tally: Tally | undefined, trial: Trial): void {
  if (!tally) return;
  if (trial.outcome.kind === "error") tally.errors += 1;
  else if (trial.outcome.verdict.passed) tally.passed += 1;
  else tally.failed += 1;
  const { costUsd, iterations, unbilledAttempts } = trial.totals;
  tally.costUsd = tally.costUsd === null || costUsd === null ? null : tally.costUsd + costUsd;
  tally.steps += iterations;
  tally.unbilledAttempts += unbilledAttempts;
}

function shownCost({ costUsd, steps, unbilledAttempts }: Spent): string {
  const isKnown = steps > 0 || unbilledAttempts === 0;
  return markedCost(isKnown ? costUsd : null, { unbilledAttempts, doubtfulUsageSteps: 0 });
}

function picture(state: State, output: ProgressOutput): string {
  const share = state.planned === 0 ? 1 : state.done / state.planned;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = output.paint.green("█".repeat(filled)) + output.paint.dim("░".repeat(BAR_WIDTH - filled));
  const tallies = [...state.tallies.values()];
  const cost = wholeCost(tallies);
  const head = `${bar} ${state.done}/${state.planned}  ${state.running} running  ${timeLeft(state, output.now())}  ${cost}`;
  const width = Math.max(...tallies.map((tally) => tally.name.length), 0);
  return [head, ...(state.left === "" ? [] : [`  ${state.left}`]), ...tallies.map((tally) => tallyLine(tally, width, output.paint))].join(
    "\n",
  );
}

// What is known of all arms, and that a part is not.
function wholeCost(tallies: readonly Tally[]): string {
  const sum = (figure: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + figure(tally), 0);
  const known = { costUsd: sum(({ costUsd }) => costUsd ?? 0), steps: sum(({ steps }) => steps) };
  const cost = shownCost({ ...known, unbilledAttempts: sum(({ unbilledAttempts }) => unbilledAttempts) });
  if (!tallies.some(({ costUsd }) => costUsd === null)) return cost;
  return known.costUsd === 0 ? "unknown" : `${cost} and unknown`;
}

function tallyLine(tally: Tally, width: number, paint: Palette): string {
  const errors = tally.errors > 0 ? paint.yellow(`  ${tally.errors} errors`) : "";
  return `  ${tally.name.padEnd(width)}  ${paint.green(`${tally.passed} passed`)}  ${paint.red(`${tally.failed} failed`)}${errors}  ${paint.dim(shownCost(tally))}`;
}

function timeLeft(state: State, now: number): string {
  const fresh = state.done - state.resumedDone;
  if (state.done >= state.planned) return "done";
  if (fresh === 0) return "estimating";
  return `about ${formatDuration(((now - state.startedAt) / fresh) * (state.planned - state.done))} left`;
}
