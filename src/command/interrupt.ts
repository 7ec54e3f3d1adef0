/** A signal that Ctrl-C and a polite kill abort. The second Ctrl-C ends the process at once. */
export type Interrupt = { readonly signal: AbortSignal; release(): void };

/** Thrown into whatever is under way when the user interrupts. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** Listens for interruption until it is released; `tell` says that it was heard. */
export function listenForInterrupt(notify: (text: string) => void): Interrupt {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      release();
      process.kill(process.pid, signal);
      return;
    }
    // The listener stays: whoever else listens (a library that mends the cursor) takes the last one's going for the end.
    notify(
      "Stopping: what is done is stored, and trials under way are gone on with when the run is resumed. Press Ctrl-C again to stop at once.",
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
