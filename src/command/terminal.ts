import { environmentVariable } from "../config/environment.ts";
import { jsonPieces } from "../core/printable.ts";
import { type Palette, palette, terminalText } from "../report/terminal/palette.ts";
import { fitText } from "../report/wrap.ts";

/** The exit code of a command; see the exit codes in docs/cli.md. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 70 | 130;

/** Sets the exit code of a command; without a call it is 0. */
export type End = (code: ExitCode) => void;

/** The output of commands: data on stdout, progress and messages on stderr. */
export type Terminal = {
  readonly paint: Palette;
  readonly paintProgress: Palette;
  /** Whether progress may redraw itself. */
  readonly live: boolean;
  print(text: string): void;
  /** Prints a value as JSON, which may be larger than a string can be. */
  printJson(value: object): void;
  notify(text: string): void;
};

/** Opens the terminal of this process. Everything that is printed goes through `terminalText`. Colours are off when output is piped or NO_COLOR is set; progress is redrawn only on a terminal. */
export function openTerminal(): Terminal {
  const colourful = environmentVariable("NO_COLOR") === undefined && environmentVariable("TERM") !== "dumb";
  const forced = (environmentVariable("FORCE_COLOR") ?? "0") !== "0";
  const paint = palette(colourful && (forced || process.stdout.isTTY === true), widthOf(process.stdout));
  const paintProgress = palette(colourful && (forced || process.stderr.isTTY === true), widthOf(process.stderr));
  return {
    paint,
    paintProgress,
    live: process.stderr.isTTY === true && environmentVariable("TERM") !== "dumb" && environmentVariable("CI") === undefined,
    print: (text) => writeLine(process.stdout, terminalText(text, paint)),
    printJson: (value) => {
      for (const piece of jsonPieces(value)) process.stdout.write(piece);
    },
    notify: (text) => writeLine(process.stderr, terminalText(fitNotice(text, paintProgress.width), paintProgress)),
  };
}

// A command that is broken into lines could not be copied.
const COMMAND_LINE = /^(?:Resume with|Details): /;

function fitNotice(text: string, width: number | null): string {
  return text
    .split("\n")
    .map((line) => (COMMAND_LINE.test(line) ? line : fitText(line, width)))
    .join("\n");
}

// In fewer columns nothing can be read.
const MIN_WIDTH = 40;

function widthOf({ isTTY, columns }: NodeJS.WriteStream): number | null {
  return isTTY === true && columns > 0 ? Math.max(MIN_WIDTH, columns) : null;
}

let failedOutput: NodeJS.ErrnoException | null = null;

// The reader of a pipe may close it early (`bench list | head`), which is not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    // Any other failure, such as a full disk behind a redirection, must show in the exit code.
    failedOutput = error;
  });
}

function writeLine(stream: NodeJS.WriteStream, text: string): void {
  stream.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Waits until all output has been written, so that ending the process loses nothing; returns the failure if it could not be. */
export async function flushTerminal(): Promise<{ readonly failure: Error | null }> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((resolve) => stream.write("", () => resolve()))));
  return { failure: failedOutput };
}

/** The stream of the live progress, which draws over itself; what writes to it makes its text safe with `terminalText`. */
export function progressStream(): NodeJS.WriteStream {
  return process.stderr;
}
