import stringWidth from "string-width";
import type { Activity } from "../../../core/event.ts";
import { counted, formatDuration, formatUsd } from "../../../core/format.ts";
import { printable } from "../../../core/printable.ts";
import { cutToWidth } from "../../wrap.ts";
import type { Palette } from "../palette.ts";
import { shownCost, whatIsLeft } from "./event-line.ts";
import type { ProgressState, RunningTrial, Tally } from "./progress-state.ts";
import { timeLeftMs } from "./time-left.ts";

/** What a live display has room for. */
export type Room = { readonly columns: number; readonly rows: number };

const BAR_WIDTH = 18;
const MAX_RUNNING = 8;
const MAX_TASK = 32;
// The line of the command, that of the run, and one for the cursor.
const OTHER_ROWS = 3;

/** Draws a run as it is at a moment: how far it has come, each model's tally, and what each trial in progress is doing. No line is wider than the room. */
export function livePicture(state: ProgressState, paint: Palette, now: number, room: Room): string {
  const tallies = [...state.tallies.values()];
  const width = Math.max(...tallies.map(({ name }) => stringWidth(name)), 0);
  const left = whatIsLeft(state);
  const fixed = [
    headLine(state, { paint, now, columns: room.columns }),
    ...(left === "" ? [] : [`  ${left}`]),
    ...tallies.map((tally) => tallyLine(tally, width, paint)),
  ];
  const space = Math.max(0, Math.min(MAX_RUNNING, room.rows - OTHER_ROWS - fixed.length));
  return (
    [...fixed, ...runningLines(state, { now, space, columns: room.columns }).map((line) => paint.dim(line))]
      // A line that the terminal would wrap makes the display jump.
      .map((line) => cutToWidth(line, room.columns))
      .join("\n")
  );
}

type Moment = { readonly paint: Palette; readonly now: number; readonly columns: number };

function headLine(state: ProgressState, { paint, now, columns }: Moment): string {
  const share = state.planned === 0 ? 1 : state.done / state.planned;
  const words = [
    `${state.done}/${state.planned}`,
    clock(now - state.startedAt),
    `${state.running.size} running`,
    timeLeft(state, now),
    spentSoFar(state),
  ].join("  ");
  const size = Math.max(4, Math.min(BAR_WIDTH, columns - stringWidth(words) - 1));
  const filled = Math.round(share * size);
  return `${paint.green("█".repeat(filled))}${paint.dim("░".repeat(size - filled))} ${words}`;
}

/** Writes a duration as a clock: 0:07, 12:34, 1:02:03. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function timeLeft(state: ProgressState, now: number): string {
  if (state.done >= state.planned) return "done";
  const left = timeLeftMs(state, now);
  return left === null ? "estimating" : `about ${formatDuration(left)} left`;
}

// What trials in progress have spent counts, too; where a part of what has ended is unknown, so is a part of the sum.
function spentSoFar({ spent, tallies }: ProgressState): string {
  const ended = [...tallies.values()];
  const sum = (figure: (tally: Tally) => number): number => ended.reduce((total, tally) => total + figure(tally), 0);
  const known = Math.max(
    spent?.spentUsd ?? 0,
    sum(({ costUsd }) => costUsd ?? 0),
  );
  const shown = shownCost({
    costUsd: known,
    steps: known > 0 ? 1 : sum(({ steps }) => steps),
    unbilledAttempts: sum(({ unbilledAttempts }) => unbilledAttempts),
  });
  if (!ended.some(({ costUsd }) => costUsd === null)) return shown === "unknown" ? shown : `${shown} spent`;
  return known === 0 ? "cost unknown" : `${formatUsd(known)} and unknown spent`;
}

function tallyLine(tally: Tally, width: number, paint: Palette): string {
  const ended = tally.passed + tally.failed + tally.errors;
  const errors = tally.errors > 0 ? paint.yellow(`  ${counted(tally.errors, "error")}`) : "";
  const tampered = tally.tampered > 0 ? paint.red(`  ${tally.tampered} TAMPERED`) : "";
  const name = tally.name + " ".repeat(Math.max(0, width - stringWidth(tally.name)));
  return `  ${name}  ${paint.green(`${tally.passed} passed`)}  ${paint.red(`${tally.failed} failed`)}${errors}${tampered}  ${ended === 0 ? "" : paint.dim(shownCost(tally))}`.trimEnd();
}

// Those that have been at the same thing for longest come first: they are what a reader waits for.
function runningLines(
  state: ProgressState,
  { now, space, columns }: { readonly now: number; readonly space: number; readonly columns: number },
): readonly string[] {
  const running = [...state.running.values()].sort((a, b) => a.since - b.since);
  if (running.length === 0 || space === 0) return [];
  const shown = running.length > space ? running.slice(0, space - 1) : running;
  const more = running.length - shown.length;
  const named = shown.map((trial) => ({ trial, place: placeOf(state, trial) }));
  const width = Math.max(...named.map(({ place }) => stringWidth(place)), 0);
  const line = ({ trial, place }: (typeof named)[number], isShort: boolean): string =>
    `  ${place}${" ".repeat(width - stringWidth(place))}  ${activityText(trial.activity, isShort)} ${clock(now - trial.since)}`;
  // The clock at the end must stay in sight: it is what moves.
  const isNarrow = named.some((each) => stringWidth(line(each, false)) > columns);
  return [...named.map((each) => line(each, isNarrow)), ...(more > 0 ? [`  and ${more} more`] : [])];
}

function placeOf({ tallies }: ProgressState, { armId, taskId, attempt }: RunningTrial): string {
  return `${printable(taskId, MAX_TASK)} #${attempt}  ${printable(tallies.get(armId)?.name ?? armId, MAX_TASK)}`;
}

function activityText(activity: Activity, isShort: boolean): string {
  if (activity.kind === "starting") return "starting";
  if (activity.kind === "grading") return "grading";
  return activity.kind === "model"
    ? `step ${activity.step}: ${isShort ? "model" : "waiting for the model"}`
    : `step ${activity.step}: ${printable(activity.tool, MAX_TASK)}`;
}
