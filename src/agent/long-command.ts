import type { CommandResult } from "../core/sandbox.ts";

/** How long a program may run that is ended with the agent's work, in wall-clock time. */
export const LONGEST_MS = 24 * 3600 * 1000;

/** Tells how such a program ended. */
export function howItEnded({ exit }: Pick<CommandResult, "exit">): string {
  switch (exit.kind) {
    case "exited":
      return `it ended with exit code ${exit.code}`;
    case "signalled":
      return `it was ended by ${exit.signal}`;
    case "timed-out":
      return "it ran for a day";
    case "out-of-memory":
      return "it ran out of memory";
  }
}
