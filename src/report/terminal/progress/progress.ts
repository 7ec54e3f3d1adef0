import { createLogUpdate } from "log-update";
import type { Reporter, RunEvent } from "../../../core/event.ts";
import { type Palette, terminalText } from "../palette.ts";
import { eventLine, isLasting, silenceLine } from "./event-line.ts";
import { livePicture } from "./live-picture.ts";
import { apply, newState, type ProgressState, type RunningTrial } from "./progress-state.ts";

/** The stream and style of progress output, and its clock in milliseconds. `every` calls a function each so many milliseconds until it is stopped. */
export type ProgressOutput = {
  readonly stream: NodeJS.WriteStream;
  readonly live: boolean;
  readonly paint: Palette;
  readonly now: () => number;
  readonly every: (ms: number, tick: () => void) => () => void;
};

const REDRAW_MS = 100;
const TICK_MS = 1_000;
// A model that thinks for long is no news; one that says nothing for minutes is. Each time is told once.
const SILENT_SECONDS = [60, 300, 900, 1_800, 3_600] as const;

/** Shows what is reported to it; `end` stops the display, which the end of a run does, too. */
export type Progress = { readonly report: Reporter; readonly end: () => void };

/** Shows the progress of a run on a stream: as a display that moves every second on a terminal, else with one line for each trial. */
export function showProgress(output: ProgressOutput): Progress {
  const state = newState(output.now());
  const shown = output.live ? liveDisplay(output, state) : plainLines(output);
  const stop = output.every(TICK_MS, () => {
    for (const line of silences(state, output.now())) shown.line(line);
    shown.draw(true);
  });
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    stop();
    shown.end();
  };
  const report: Reporter = (event) => {
    apply(state, event, output.now());
    const line = shown.isTold(event) ? eventLine(state, event) : null;
    if (line !== null) shown.line(line);
    shown.draw(line !== null || event.kind === "run-finished");
    if (event.kind === "run-finished") end();
  };
  return { report, end };
}

/** What a way to show progress does: whether an event gets a line of its own, how that is written, and how the display is drawn again. */
type Display = {
  readonly isTold: (event: RunEvent) => boolean;
  readonly line: (text: string) => void;
  readonly draw: (force: boolean) => void;
  readonly end: () => void;
};

function liveDisplay(output: ProgressOutput, state: ProgressState): Display {
  const { stream, paint } = output;
  const screen = createLogUpdate(stream);
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    isTold: isLasting,
    line: (text) => {
      screen.clear();
      stream.write(`${terminalText(text, paint)}\n`);
    },
    draw: (force) => {
      const now = output.now();
      if (state.runId === "" || (!force && now - drawnAt < REDRAW_MS)) return;
      drawnAt = now;
      const room = { columns: stream.columns || 80, rows: stream.rows || 24 };
      screen(terminalText(livePicture(state, paint, now, room), paint));
    },
    end: () => screen.done(),
  };
}

function plainLines({ stream, paint }: ProgressOutput): Display {
  return {
    isTold: () => true,
    line: (text) => void stream.write(`${terminalText(text, paint)}\n`),
    draw: () => {},
    end: () => {},
  };
}

function silences(state: ProgressState, now: number): readonly string[] {
  return [...state.running.values()].flatMap((trial) => {
    const seconds = silentSeconds(trial, now);
    if (seconds <= trial.toldSeconds) return [];
    trial.toldSeconds = seconds;
    return [silenceLine(state, trial, seconds)];
  });
}

function silentSeconds({ activity, since }: RunningTrial, now: number): number {
  if (activity.kind !== "model") return 0;
  return SILENT_SECONDS.findLast((seconds) => now - since >= 1000 * seconds) ?? 0;
}
