import { oneLine } from "../core/printable.ts";

// Assumed width of a terminal, in columns.
const WIDTH = 100;

/** Breaks a name into lines of at most `width` characters, before an `@` or after a hyphen where it can: `gpt-5.1` above `@20260102-0304-abcd`. */
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
    if (last !== undefined && last.length + part.length <= width) lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines;
}

/** Breaks text between words so that it fits a terminal of 100 columns; lines after the first begin with `indent`. */
export function wrapText(text: string, indent = ""): string {
  const words = text.split(" ").flatMap((word) => chunks(word, WIDTH - indent.length));
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : indent + word);
  }
  return lines.join("\n");
}

function chunks(text: string, width: number): readonly string[] {
  return text.length <= width ? [text] : (text.match(new RegExp(`.{1,${width}}`, "gsu")) ?? []);
}
