import type { Model, ModelRejection, ModelRequest, ModelResponse } from "../../core/model.ts";
import { startWorkTimer } from "../work-timer.ts";

/** A model's answer, or `cut` where the time ran out first. */
export type TimedAnswer = ModelResponse | ModelRejection | { readonly kind: "cut" };

/**
 * Sends a request to a model and cuts it after `remainingMs` of working time; the clock stops while the adapter waits for
 * the provider's limits. Throws the reason of `request.signal` when that is aborted, even where the adapter does not.
 */
export async function generateInTime(model: Model, request: ModelRequest, remainingMs: number): Promise<TimedAnswer> {
  request.signal.throwIfAborted();
  const deadline = new AbortController();
  const signal = AbortSignal.any([request.signal, deadline.signal]);
  const timer = startWorkTimer(remainingMs, () => deadline.abort(new Error("the time limit of the trial was reached")));
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

function rejectOnAbort(signal: AbortSignal): { readonly promise: Promise<never>; readonly forget: () => void } {
  const listening = new AbortController();
  const promise = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  return { promise, forget: () => listening.abort() };
}
