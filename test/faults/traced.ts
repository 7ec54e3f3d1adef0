import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TempFolder } from "../fixtures/temp-folder.ts";

/** What a program and all that it started asked of the system. */
export type Trace = {
  /** Programs, with their arguments. */
  readonly started: readonly string[];
  /** Addresses, as strace writes them. */
  readonly connected: readonly string[];
  /** Real paths of what was opened. */
  readonly opened: readonly string[];
};

/** Whether programs can be traced here: strace is installed and may attach. */
export function canTrace(): boolean {
  try {
    execFileSync("strace", ["-qq", "-o", "/dev/null", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** The words that start a program under strace, which writes to `trace` below the folder. */
export function underTrace(folder: TempFolder): readonly string[] {
  return [
    "strace",
    "-f",
    "-qq",
    "-y",
    "-s",
    "400",
    "-e",
    "trace=execve,execveat,connect,open,openat,openat2,creat",
    "-o",
    join(folder.path, "trace"),
  ];
}

/** Reads what `underTrace` wrote. */
export function readTrace(folder: TempFolder): Trace {
  const lines = readFileSync(join(folder.path, "trace"), "utf8").split("\n");
  const found = (pattern: RegExp): readonly string[] => [...new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))];
  return {
    // A program is looked for in every folder of PATH; only where it is found does the call succeed, or stay unfinished on its line.
    started: found(/execve(?:at)?\((?!.* = -1 )(.*\])/),
    connected: found(/connect\(\S+ (\{[^}]*\})/),
    // Calls of several threads may be cut in two lines; the second one has the result.
    opened: found(/(?:open|openat|openat2|creat)(?:\(| resumed).* = \d+<(.*)>$/),
  };
}
