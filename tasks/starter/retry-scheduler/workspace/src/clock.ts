/** Time for a scheduler. */
export type Clock = {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Calls back once after a delay; the returned function cancels that, and does nothing once it has called. */
  setTimer(delayMs: number, callback: () => void): () => void;
};

/** The time of the machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
