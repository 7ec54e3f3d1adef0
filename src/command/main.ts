import { CommanderError } from "commander";
import { InfraError, messageOf, UserError } from "../core/errors.ts";
import { clipped, oneLine } from "../core/printable.ts";
import { storeFault } from "../store/store-fault.ts";
import { buildProgram } from "./program.ts";
import { type ExitCode, flushTerminal, openTerminal, type Terminal } from "./terminal.ts";

// A message may quote what a provider, an engine or a file said, of any length.
const MAX_MESSAGE = 4_000;

/** Runs the command line and returns the exit code. Prints one line for a user's mistake or a failure of the infrastructure, and a stack only for a bug. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const terminal = openTerminal();
  const code = await perform(argv, terminal);
  const { failure } = await flushTerminal();
  if (failure === null) return code;
  terminal.notify(`bench: Cannot write the output: ${failure.message}; free some space, or redirect it elsewhere`);
  return 4;
}

async function perform(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const ending: { code: ExitCode } = { code: 0 };
  try {
    await buildProgram(terminal, (code) => {
      ending.code = code;
    }).parseAsync([...argv]);
    return ending.code;
  } catch (error) {
    return printFailure(error, terminal);
  }
}

function printFailure(error: unknown, terminal: Terminal): ExitCode {
  // Commander has already printed help or what was wrong with the flags.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UserError || error instanceof InfraError) {
    terminal.notify(`bench: ${clipped(oneLine(error.message), MAX_MESSAGE)}`);
    return error instanceof UserError ? 2 : 4;
  }
  const fault = storeFault(error, "run the command again") ?? constraintFault(error);
  if (fault) {
    terminal.notify(`bench: ${clipped(oneLine(fault.message), MAX_MESSAGE)}`);
    return 4;
  }
  terminal.notify(`bench: this is a bug: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`);
  return 70;
}

// What another program changed in a database can contradict what is written next.
function constraintFault(error: unknown): InfraError | null {
  const { code } = Object(error) as { readonly code?: unknown };
  if (typeof code !== "string" || !code.startsWith("SQLITE_CONSTRAINT")) return null;
  return new InfraError(
    "harness",
    `Cannot store results: the database contradicts itself (${messageOf(error)}); name another file with --db`,
  );
}
