const CONTEXT_LINES = 3;

/**
 * Writes the patch, as the apply_patch tool takes it, that turns `before` (null for no file) into `after`: a hunk where one is enough, or else the whole file. Null where a
 * patch cannot say it, because of line ends or of a last line without one.
 */
export function patchFor(path: string, before: string | null, after: string): string | null {
  if (/[\r\n]/.test(path) || path.trim() !== path || after.includes("\r") || (after !== "" && !after.endsWith("\n"))) return null;
  const hunk = before === null ? null : hunkFor(before, after);
  const section =
    hunk === null ? [`*** Add File: ${path}`, ...linesOf(after).map((line) => `+${line}`)] : [`*** Update File: ${path}`, "@@", ...hunk];
  return ["*** Begin Patch", ...section, "*** End Patch", ""].join("\n");
}

function hunkFor(before: string, after: string): readonly string[] | null {
  if (before === "" || before.includes("\r") || !before.endsWith("\n")) return null;
  const [oldLines, newLines] = [linesOf(before), linesOf(after)];
  const most = Math.min(oldLines.length, newLines.length);
  let head = 0;
  while (head < most && oldLines[head] === newLines[head]) head += 1;
  let tail = 0;
  while (tail < most - head && oldLines.at(-1 - tail) === newLines.at(-1 - tail)) tail += 1;

  const from = Math.max(0, head - CONTEXT_LINES);
  const to = Math.min(oldLines.length, oldLines.length - tail + CONTEXT_LINES);
  const place = oldLines.slice(from, to);
  if (place.length === 0 || firstPlace(oldLines, place) !== from) return null;
  return [
    ...oldLines.slice(from, head).map((line) => ` ${line}`),
    ...oldLines.slice(head, oldLines.length - tail).map((line) => `-${line}`),
    ...newLines.slice(head, newLines.length - tail).map((line) => `+${line}`),
    ...oldLines.slice(oldLines.length - tail, to).map((line) => ` ${line}`),
  ];
}

function firstPlace(lines: readonly string[], wanted: readonly string[]): number {
  return lines.findIndex((_, start) => wanted.every((line, index) => lines[start + index] === line));
}

function linesOf(text: string): string[] {
  return text === "" ? [] : text.slice(0, -1).split("\n");
}
