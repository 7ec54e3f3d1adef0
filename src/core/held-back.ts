import { printable } from "./printable.ts";
import type { HeldBack } from "./verdict.ts";

/** The reason for a file that the task's rule does not name: it is its author's choice what crosses, and agents leave notes and tests behind. */
export const UNNAMED = "deliver does not name it";

const MAX_PATH = 60;
const MAX_REASON = 100;

/** Selects what a reader of results should know of: files that the rule of their task names, and that were not graded all the same. */
export function lostFiles(heldBack: readonly HeldBack[]): readonly HeldBack[] {
  return heldBack.filter(({ reason }) => reason !== UNNAMED);
}

/** Writes files that were not graded with their reasons, such as `conftest.py (it configures the test run) and 2 others`; paths and reasons are cut. */
export function heldBackText(files: readonly HeldBack[], most: number, all = files.length): string {
  const shown = files.slice(0, most).map(({ path, reason }) => `${printable(path, MAX_PATH)} (${printable(reason, MAX_REASON)})`);
  const more = all - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} ${more === 1 ? "other" : "others"}` : ""}`;
}
