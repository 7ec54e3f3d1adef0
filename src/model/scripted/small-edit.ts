/** One exact replacement, as the edit_file tool takes it. */
export type SmallEdit = { readonly oldText: string; readonly newText: string };

const MAX_EDIT_LINES = 40;
const MAX_EDIT_SHARE = 0.6;

/**
 * Finds the one replacement that turns `before` into `after`, with enough lines around it to be unique; null when the change is
 * so large that writing the whole file is the simpler thing.
 */
export function smallEdit(before: string, after: string): SmallEdit | null {
  if (before === "" || before === after || before.includes("\r")) return null;

  const oldLines = linesOf(before);
  const newLines = linesOf(after);
  const most = Math.min(oldLines.length, newLines.length);
  let head = 0;
  while (head < most && oldLines[head] === newLines[head]) head += 1;
  let tail = 0;
  while (tail < most - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail += 1;

  const isSmall = (oldText: string, lines: number): boolean =>
    lines <= MAX_EDIT_LINES && oldText.length <= Math.max(before.length * MAX_EDIT_SHARE, 200);
  for (;;) {
    const oldPart = oldLines.slice(head, oldLines.length - tail);
    const oldText = oldPart.join("");
    if (!isSmall(oldText, oldPart.length)) return null;
    if (occursOnce(before, oldText)) return { oldText, newText: newLines.slice(head, newLines.length - tail).join("") };
    if (head === 0 && tail === 0) return null;
    head = Math.max(0, head - 1);
    tail = Math.max(0, tail - 1);
  }
}

/** The lines of a text, each with its line end. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

function occursOnce(text: string, part: string): boolean {
  if (part === "") return false;
  const first = text.indexOf(part);
  return first >= 0 && text.indexOf(part, first + 1) < 0;
}
