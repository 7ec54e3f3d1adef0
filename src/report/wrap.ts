import stringWidth from "string-width";
import wrapAnsi from "wrap-ansi";
import { oneLine } from "../core/printable.ts";

// Assumed width of a terminal, in columns.
const WIDTH = 100;

/** Breaks a name into lines of at most `width` columns, before an `@` or after a hyphen where it can: `gpt-5.1` above `@20260102-0304-abcd`. */
export function brokenName(name: string, width: number): string {
  const halves = oneLine(name).split(/(?=@)/);
  return packed(halves, width)
    .flatMap((half) => packed(half.split(/(?<=[-_/.:])/), width))
    .flatMap((line) => chunks(line, width))
    .join("\n");
}

function packed(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last + part) <= width) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}

/** Breaks text, which may hold colours, between words so that no line is wider than `width`, 100 columns where there is no terminal; lines after the first begin with `indent`. */
export function wrapText(text: string, { indent = "", width }: { readonly indent?: string; readonly width?: number | null } = {}): string {
  const columns = width ?? WIDTH;
  return text
    .split("\n")
    .map((line) => {
      if (stringWidth(line) <= columns) return line;
      const margin = /^ */.exec(line)?.[0] ?? "";
      const broken = wrapAnsi(line.slice(margin.length), Math.max(1, columns - margin.length - indent.length), { hard: true });
      return margin + broken.replaceAll("\n", `\n${margin}${indent}`);
    })
    .join("\n");
}

/** Breaks text as `wrapText` does for a terminal of `width` columns; without a terminal (null) it stays on one line, so that it can be searched for. */
export function fitText(text: string, width: number | null, indent = ""): string {
  return width === null ? text : wrapText(text, { indent, width });
}

/** Cuts a line, which may hold colours, to at most `width` columns. */
export function cutToWidth(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  return wrapAnsi(line, width, { hard: true, trim: false, wordWrap: false }).split("\n")[0] ?? "";
}

function chunks(text: string, width: number): readonly string[] {
  return stringWidth(text) <= width ? [text] : wrapAnsi(text, width, { hard: true, trim: false }).split("\n");
}
