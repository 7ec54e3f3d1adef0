import type { Model, ModelRejection, ModelRequest, ModelResponse } from "../../core/model.ts";

/** A model's answer, or `cut` where the time ran out first. */
export type TimedAnswer = ModelResponse | ModelRejection | { readonly kind: "cut" };

type Timer = { readonly setPaused: (isPaused: boolean) => void; readonly stop: () => void };

const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Sends a request to a model and cuts it after `remainingMs` of working time; the clock stops while the adapter waits for
 * the provider's limits. Throws the reason of `request.signal` when that is aborted, even where the adapter does not.
 */
export async function generateInTime(model: Model, request: ModelRequest, remainingMs: number): Promise<TimedAnswer> {
  request.signal.throwIfAborted();
  const deadline = new AbortController();
  const signal = AbortSignal.any([request.signal, deadline.signal]);
  const timer = startTimer(remainingMs, () => deadline.abort(new Error("the time limit of the trial was reached")));
  const abortion = rejectOnAbort(signal);
  try {
    return await Promise.race([model.generate({ ...request, signal, onWait: timer.setPaused }), abortion.promise]);
  } catch (error) {
    request.signal.throwIfAborted();
    if (deadline.signal.aborted) return { kind: "cut" };
    throw error;
  } finally {
    timer.stop();
    abortion.forget();
  }
}

function startTimer(durationMs: number, onElapsed: () => void): Timer {
  let leftMs = Math.min(durationMs, MAX_TIMER_MS);
  let running: { readonly handle: NodeJS.Timeout; readonly since: number } | null = null;
  let isOver = false;
  const start = (): void => {
    if (running === null && !isOver) running = { handle: setTimeout(onElapsed, leftMs), since: performance.now() };
  };
  const pause = (): void => {
    if (running === null) return;
    clearTimeout(running.handle);
    leftMs = Math.max(0, leftMs - (performance.now() - running.since));
    running = null;
  };
  start();
  return {
    setPaused: (isPaused) => (isPaused ? pause() : start()),
    stop: () => {
      pause();
      isOver = true;
    },
  };
}

function rejectOnAbort(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  const listening = new AbortController();
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  return { promise, forget: () => listening.abort() };
}
