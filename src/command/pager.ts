import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { environmentFor, environmentVariable } from "../config/environment.ts";
import { terminalText } from "../report/terminal/palette.ts";
import type { Terminal } from "./terminal.ts";

/** What git gives a pager that has no settings of its own: ends at once where all fits on the screen, lets colours through, leaves the text on the screen. */
const LESS = "FRX";

/**
 * Shows long output by the user's pager (PAGER, or less) on a terminal, and prints it anywhere else, where `isPaged` is false, and where no pager can be started. The
 * parts are one or more lines each, without the last line end.
 */
export async function printPaged(
  parts: Iterable<string>,
  { terminal, isPaged }: { readonly terminal: Terminal; readonly isPaged: boolean },
): Promise<void> {
  const pager = environmentVariable("PAGER") ?? "less";
  // Without a terminal there is no width.
  const isUseful = isPaged && terminal.paint.width !== null && environmentVariable("TERM") !== "dumb" && pager !== "cat";
  if (isUseful && (await shownBy(pager, parts, terminal))) return;
  for (const part of parts) terminal.print(`${part}\n`);
}

/** Whether a shell knows the program of a command: only then nothing is lost by handing the text over. */
async function isThere(command: string): Promise<boolean> {
  const child = spawn("sh", ["-c", 'command -v "$1"', "sh", command.trim().split(/\s/, 1)[0] ?? ""], {
    stdio: "ignore",
    env: pagerEnvironment(),
  });
  return succeeded(child);
}

async function shownBy(pager: string, parts: Iterable<string>, { paint }: Terminal): Promise<boolean> {
  if (!(await isThere(pager))) return false;
  const child = spawn("sh", ["-c", pager], { stdio: ["pipe", "inherit", "inherit"], env: pagerEnvironment() });
  // Ctrl-C is for the pager, which has the terminal; a reader who has seen enough closes the pipe.
  const ignore = (): void => {};
  process.on("SIGINT", ignore);
  let isOpen = true;
  child.stdin.on("error", () => {
    isOpen = false;
  });
  const end = succeeded(child);
  try {
    for (const part of parts) {
      if (!isOpen) break;
      if (!child.stdin.write(`${terminalText(part, paint)}\n`))
        await Promise.race([once(child.stdin, "drain"), once(child.stdin, "close")]).catch(() => {});
    }
    child.stdin.end();
    await end;
    return true;
  } finally {
    process.off("SIGINT", ignore);
  }
}

function succeeded(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}

const NEEDED = /^(?:PATH|HOME|TERM|TERMINFO|COLORTERM|LANG|LC_\w+|LESS\w*|LV|MORE|COLUMNS|LINES)$/;

function pagerEnvironment(): Readonly<Record<string, string>> {
  return { LESS, LV: "-c", ...environmentFor((name) => NEEDED.test(name)) };
}
