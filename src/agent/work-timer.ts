/** A timer of working time: `setPaused` stops and continues it, `workedMs` is what has passed of it. */
export type WorkTimer = { readonly setPaused: (isPaused: boolean) => void; readonly workedMs: () => number; readonly stop: () => void };

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Calls `onElapsed` after so much working time: the timer stands still while it is paused. */
export function startWorkTimer(durationMs: number, onElapsed: () => void): WorkTimer {
  const wholeMs = Math.min(durationMs, MAX_TIMER_MS);
  let leftMs = wholeMs;
  let running: { readonly handle: NodeJS.Timeout; readonly since: number } | null = null;
  let isOver = false;
  const sinceMs = (): number => (running === null ? 0 : performance.now() - running.since);
  const start = (): void => {
    if (running === null && !isOver) running = { handle: setTimeout(onElapsed, leftMs), since: performance.now() };
  };
  const pause = (): void => {
    if (running === null) return;
    clearTimeout(running.handle);
    leftMs = Math.max(0, leftMs - sinceMs());
    running = null;
  };
  start();
  return {
    setPaused: (isPaused) => (isPaused ? pause() : start()),
    workedMs: () => wholeMs - Math.max(0, leftMs - sinceMs()),
    stop: () => {
      pause();
      isOver = true;
    },
  };
}
