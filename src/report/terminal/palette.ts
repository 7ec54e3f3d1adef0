import pc from "picocolors";
import { plainText } from "../../core/printable.ts";

/** The colours and styles of reports. */
export type Palette = Record<"bold" | "dim" | "green" | "red" | "yellow" | "cyan", (text: string) => string>;

/** Makes a palette that colours text if `enabled`, and else leaves it unchanged. */
export function palette(enabled: boolean): Palette {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, green, red, yellow, cyan };
}

/** Makes output safe for a terminal: lets the codes of a palette through, and shows everything else that could steer the terminal as an escape. */
export function terminalText(text: string, paint: Palette): string {
  const codes = codesOf(paint);
  if (codes.length === 0 || !text.includes("\u001b")) return plainText(text);
  return text
    .split(new RegExp(`(${codes.map((code) => code.replace("[", "\\[")).join("|")})`))
    .map((part, index) => (index % 2 === 1 ? part : plainText(part)))
    .join("");
}

// A palette that is off has no codes.
function codesOf(paint: Palette): readonly string[] {
  return [...new Set(Object.values(paint).flatMap((style) => style("|").split("|")))].filter((code) => code !== "");
}
