import pc from "picocolors";
import { plainText } from "../../core/printable.ts";

const STYLES = ["bold", "dim", "green", "red", "yellow", "cyan"] as const;

/** How text is shown: its colours and styles, and the width of the terminal in columns, null where there is none. */
export type Palette = Record<(typeof STYLES)[number], (text: string) => string> & { readonly width: number | null };

/** Makes a palette that colours text if `enabled`, and else leaves it unchanged. */
export function palette(enabled: boolean, width: number | null = null): Palette {
  const { bold, dim, green, red, yellow, cyan } = pc.createColors(enabled);
  return { bold, dim, green, red, yellow, cyan, width };
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
  return [...new Set(STYLES.flatMap((style) => paint[style]("|").split("|")))].filter((code) => code !== "");
}
