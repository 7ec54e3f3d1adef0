import type { Clock } from "../../../src/model/traffic/clock.ts";

type Sleeper = { readonly dueMs: number; readonly wake: () => void };

/**
 * A clock on which those who sleep wake in the order of their times, each as soon as nothing else is ready to run. Real work takes no time on
 * it: it stands still while anybody is at work.
 */
export class VirtualClock implements Clock {
  nowMs = Date.UTC(2026, 0, 1);
  atWork = 0;
  readonly #sleepers = new Set<Sleeper>();
  #isWaiting = false;

  now(): Date {
    return new Date(this.nowMs);
  }

  elapsedMs(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = (): void => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const sleeper = {
        dueMs: this.nowMs + ms,
        wake: () => {
          signal.removeEventListener("abort", stop);
          resolve();
        },
      };
      signal.addEventListener("abort", stop, { once: true });
      this.#sleepers.add(sleeper);
      this.#wakeNext();
    });
  }

  #wakeNext(): void {
    if (this.#isWaiting || this.#sleepers.size === 0) return;
    this.#isWaiting = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#isWaiting = false;
        if (this.atWork > 0) return this.#wakeNext();
        const next = [...this.#sleepers].toSorted((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) return;
        this.#sleepers.delete(next);
        this.nowMs = Math.max(this.nowMs, next.dueMs);
        next.wake();
        this.#wakeNext();
      }),
    );
  }
}
