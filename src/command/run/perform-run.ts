import type { RunEnd } from "../../core/record.ts";
import { showProgress } from "../../report/terminal/progress/progress.ts";
import type { InterimAnalysis } from "../../run/run.ts";
import type { Store } from "../../store/store.ts";
import { listenForInterrupt } from "../interrupt.ts";
import { type ExitCode, progressStream, type Terminal } from "../terminal.ts";
import { executeRun, type PreparedRun } from "./execute-run.ts";

/** Prints a line between the lines of the progress. */
export type Notify = (text: string) => void;

/** Runs what is missing of a stored run, shows its progress on the terminal, and stops at Ctrl-C; with an interim analysis, in rounds until that stops it. */
export async function performRun(
  store: Store,
  performance: PreparedRun,
  { terminal, interimAnalysis }: { readonly terminal: Terminal; readonly interimAnalysis?: (notify: Notify) => InterimAnalysis },
): Promise<RunEnd> {
  for (const notice of performance.notices) terminal.notify(notice);
  const { report, end } = showProgress({
    stream: progressStream(),
    live: terminal.live,
    paint: terminal.paintProgress,
    now: () => globalThis.performance.now(),
    every,
  });
  const notify: Notify = (text) => report({ kind: "notice", text });
  const interrupt = listenForInterrupt(notify, "finished trials are stored, and trials in progress continue when the run is resumed");
  try {
    return await executeRun(store, performance, { report, signal: interrupt.signal, interimAnalysis: interimAnalysis?.(notify) });
  } finally {
    interrupt.release();
    end();
  }
}

const EXIT: Readonly<Record<RunEnd, ExitCode>> = { complete: 0, failed: 4, interrupted: 130 };

/** What the process ends with after a run. */
export function exitCodeOf(end: RunEnd, hasErrors: boolean): ExitCode {
  return end === "complete" && hasErrors ? 4 : EXIT[end];
}

// The display must not keep a process alive that has nothing left to do.
function every(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms).unref();
  return () => clearInterval(timer);
}
