import type { RunEvent } from "../../../core/event.ts";
import { markedCost } from "../../../core/figure.ts";
import { counted, formatDuration, formatTokens, formatUsd } from "../../../core/format.ts";
import { heldBackText, lostFiles } from "../../../core/held-back.ts";
import { printable } from "../../../core/printable.ts";
import type { Trial } from "../../../core/trial.ts";
import { cellText } from "../table/table-style.ts";
import type { ProgressState, RunningTrial, Spent } from "./progress-state.ts";

/** Writes an event as a line of the log of a run; null for one that has none. */
export function eventLine(state: ProgressState, event: RunEvent): string | null {
  if (event.kind === "notice") return event.text;
  if (event.kind === "run-started")
    return `Run ${event.runId}: ${counted(event.planned, "trial")}${event.alreadyDone > 0 ? `, ${event.alreadyDone} already done` : ""}`;
  return event.kind === "trial-finished" ? trialLine(state, event.trial) : null;
}

function trialLine(state: ProgressState, trial: Trial): string {
  const name = state.tallies.get(trial.key.armId)?.name ?? trial.key.armId;
  const { iterations, workingMs } = trial.totals;
  const figures = `${counted(iterations, "iteration")}, ${formatDuration(workingMs)}, ${shownCost({ ...trial.totals, steps: iterations })}`;
  const reason = trial.outcome.kind === "error" ? `: ${firstLine(trial.outcome.message)}` : "";
  const left = whatIsLeft(state);
  return `[${state.done}/${state.planned}] ${word(trial).padEnd(5)} ${cellText(name)}  ${cellText(trial.key.taskId)} #${trial.key.attempt}  ${figures}${reason}${tamperedText(trial)}${lostText(trial)}${left === "" ? "" : `  (${left})`}`;
}

/** Tells whether the line of an event stays above a live display: the name of the run, notices, errors, tampering, and trials of which files were not graded. */
export function isLasting(event: RunEvent): boolean {
  if (event.kind !== "trial-finished") return event.kind === "run-started" || event.kind === "notice";
  return event.trial.outcome.kind === "error" || lostText(event.trial) !== "" || tamperedText(event.trial) !== "";
}

/** Writes that a model has not answered for a while. */
export function silenceLine(state: ProgressState, { armId, taskId, attempt, activity }: RunningTrial, seconds: number): string {
  const name = state.tallies.get(armId)?.name ?? armId;
  const step = activity.kind === "model" ? `, step ${activity.step}` : "";
  return `${name}  ${cellText(taskId)} #${attempt}${step}: no answer for ${formatDuration(1000 * seconds)}`;
}

function tamperedText({ outcome }: Trial): string {
  return outcome.kind === "graded" && outcome.verdict.tampering.length > 0 ? "; TAMPERED" : "";
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

/** Shows what trials cost, with the marks of what is uncertain. */
export function shownCost({ costUsd, steps, unbilledAttempts }: Spent): string {
  const isKnown = steps > 0 || unbilledAttempts === 0;
  return markedCost(isKnown ? costUsd : null, { unbilledAttempts, doubtfulUsageSteps: 0 });
}

/** Says what is left of the limits of the run; empty without a limit. */
export function whatIsLeft({ spent }: ProgressState): string {
  if (spent === null) return "";
  const { maxCostUsd, spentUsd, assumedUsd, maxTokens, spentTokens, assumedTokens } = spent;
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
