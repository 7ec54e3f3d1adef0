import { oneLine, printable, withoutColours } from "../../../core/printable.ts";
import type { BuildEnd } from "./build-output.ts";

const MAX_STEP = 100;
const MAX_LINE = 200;
const MAX_LINES = 4;
/** How tools begin or mark a line that says what went wrong; what follows it is often advice, and longer. */
const FAULT = /\b(?:error|err!|e:|fatal|failed|failure|cannot|can't|could not|unable|not found|no such|denied|unsatisfiable|unresolved)\b/i;
const NOISE = /^(?:-+> |Removing intermediate container |The command '.{0,4000}' returned a non-zero code)/;

/**
 * Says in one line why a build failed: the step that it was at, with its status, and of what that printed the lines that name a fault, else the last ones. A tool often says the
 * cause first and prints a page of advice after it.
 */
export function problemOfBuild({ problem, step, printed }: BuildEnd): string {
  const told = problem ?? "it ended without a word";
  const lines = linesOfStep(printed);
  const faults = lines.filter((line) => FAULT.test(line));
  const shown = faults.length > 0 ? [...faults.slice(0, MAX_LINES - 1), ...faults.slice(MAX_LINES - 1).slice(-1)] : lines.slice(-MAX_LINES);
  const status = /returned a non-zero code: (\d{1,3})/.exec(told)?.[1];
  const what = status === undefined ? line(told) : `it ended with status ${status}`;
  const at = step === null ? "" : `${printable(oneLine(withoutColours(step)).replace(/^Step (\d+)\/\d+ : /, "step $1, "), MAX_STEP)}: `;
  return `${at}${[what, ...shown.map(line)].join(": ").slice(0, MAX_STEP + MAX_LINE * (MAX_LINES + 1))}`;
}

function linesOfStep(printed: string): readonly string[] {
  const start = printed.lastIndexOf("\nStep ");
  return withoutColours(printed.slice(start + 1))
    .split(/[\n\r]+/)
    .map((text) => text.trim())
    .filter((text, index) => text !== "" && !(index === 0 && text.startsWith("Step ")) && !NOISE.test(text))
    .filter((text, index, all) => text !== all[index - 1]);
}

function line(text: string): string {
  return printable(oneLine(withoutColours(text)), MAX_LINE);
}
