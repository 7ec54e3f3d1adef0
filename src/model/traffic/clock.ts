/** Time as the adapters see it, so that tests need not wait for it. */
export type Clock = {
  /** Wall-clock time, for `startedAt` and for dates in headers. */
  now(): Date;
  /** Milliseconds from some fixed point; never goes back. */
  elapsedMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** The machine's own time; `now` is a parameter because only commands read the wall clock. */
export function systemClock(now: () => Date): Clock {
  return { now, elapsedMs: () => performance.now(), sleep: sleepFor };
}

function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
