import { environmentVariable } from "../config/environment.ts";
import { type Palette, palette } from "../report/terminal/palette.ts";

/** What a command ends with; see the exit codes in docs/cli.md. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

/** Is told the exit code of a command that ended by itself; the default is 0. */
export type End = (code: ExitCode) => void;

/** Where commands write: data on stdout, progress and complaints on stderr. */
export type Terminal = {
  readonly paint: Palette;
  readonly paintProgress: Palette;
  /** Whether progress may redraw itself. */
  readonly live: boolean;
  print(text: string): void;
  notify(text: string): void;
};

/** The terminal this process was started on. Colours and redrawing are off when it is piped or NO_COLOR is set. */
export function openTerminal(): Terminal {
  const colourful = environmentVariable("NO_COLOR") === undefined && environmentVariable("TERM") !== "dumb";
  const forced = (environmentVariable("FORCE_COLOR") ?? "0") !== "0";
  return {
    paint: palette(colourful && (forced || process.stdout.isTTY === true)),
    paintProgress: palette(colourful && (forced || process.stderr.isTTY === true)),
    live: process.stderr.isTTY === true && environmentVariable("TERM") !== "dumb" && environmentVariable("CI") === undefined,
    print: (text) => writeFully(process.stdout, text),
    notify: (text) => writeFully(process.stderr, text),
  };
}

let failedOutput: NodeJS.ErrnoException | null = null;

// The reader of a pipe may leave early (`bench list | head`); that is its right and no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    // Whatever else (a full disk behind a redirection) must show in the exit code, and cannot be told there.
    failedOutput = error;
  });
}

function writeFully(stream: NodeJS.WriteStream, text: string): void {
  stream.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Waits until what was printed has left the process, so that ending it cuts nothing off; tells when it could not be written. */
export async function flushTerminal(): Promise<{ readonly failure: Error | null }> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  return { failure: failedOutput };
}
