import { linesOf } from "../text-file.ts";
import { firstBytes } from "../truncate.ts";

/** Finds the line of a text that is like the first line of what was not found in it: `Closest line 41: ...`; null where no line has its words. */
export function closestLine(text: string, oldText: string): string | null {
  const wanted = linesOf(oldText)
    .map((line) => line.replace(/^\d+\t/, "").trim())
    .find((line) => line !== "");
  if (wanted === undefined) return null;
  const lines = linesOf(text);
  const index = lines.findIndex((line) => line.trim() === wanted);
  const near = index === -1 ? lines.findIndex((line) => line.includes(wanted)) : index;
  return near === -1 ? null : `Closest line ${near + 1}: ${firstBytes(lines[near] ?? "", 200)}`;
}
