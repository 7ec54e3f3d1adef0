/** A signal that SIGINT (Ctrl-C), SIGTERM and SIGHUP (a closed terminal) abort. A second one ends the process immediately. */
export type Interrupt = { readonly signal: AbortSignal; release(): void };

/** The reason of the abort when the user interrupts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

// As it is stored with a run.
const REASONS: Readonly<Record<(typeof SIGNALS)[number], string>> = {
  SIGINT: "interrupted with Ctrl-C (SIGINT)",
  SIGTERM: "asked to end (SIGTERM)",
  SIGHUP: "its terminal was closed (SIGHUP)",
};

/** Listens for the signals until released; `notify` prints that the process is stopping, and `kept`, which says what becomes of the work so far. */
export function listenForInterrupt(notify: (text: string) => void, kept: string): Interrupt {
  const controller = new AbortController();
  const stop = (signal: (typeof SIGNALS)[number]): void => {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    // The listener stays, because a library that restores the cursor ends the process when it finds itself the last listener.
    notify(`Stopping: ${kept}. Press Ctrl-C again to stop immediately.`);
    controller.abort(new Interrupted(REASONS[signal]));
  };
  const release = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return { signal: controller.signal, release };
}
