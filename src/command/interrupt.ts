/** A signal that SIGINT (Ctrl-C) and SIGTERM abort. A second one ends the process immediately. */
export type Interrupt = { readonly signal: AbortSignal; release(): void };

/** The reason of the abort when the user interrupts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Listens for SIGINT and SIGTERM until released; `notify` prints that the process is stopping. */
export function listenForInterrupt(notify: (text: string) => void): Interrupt {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    // The listener stays, because a library that restores the cursor ends the process when it finds itself the last listener.
    notify(
      "Stopping: finished trials are stored, and trials in progress continue when the run is resumed. Press Ctrl-C again to stop immediately.",
    );
    controller.abort(new Interrupted("interrupted"));
  };
  const release = (): void => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return { signal: controller.signal, release };
}
