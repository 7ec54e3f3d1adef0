import { clipped, oneLine } from "../../core/printable.ts";

// Longer ones are cut to keep a report readable and bounded.
const MAX_NAME = 120;
const MAX_SENTENCE = 400;

/**
 * Makes a name from users or models safe within GitHub's Markdown: it can neither format, link, mention a user, refer to an issue, become a
 * formula nor break a table. Mentions and links only work in continuous text, so their sign is put into an element of its own.
 */
export function markdownName(name: string): string {
  return escaped(clipped(oneLine(name), MAX_NAME));
}

/** Writes the name of an arm, with a star when no language model is behind it. */
export function markdownSide({ label, scripted }: { readonly label: string; readonly scripted: boolean }): string {
  return markdownName(label) + (scripted ? "\\*" : "");
}

/** Makes a sentence that may contain such names safe in the same way. */
export function markdownSentence(sentence: string): string {
  return escaped(clipped(oneLine(sentence), MAX_SENTENCE));
}

// What begins a heading, a list or a rule where it begins a line, as in an item of a list.
const BLOCK_START = /^(\d{0,9})([.)#+=-])(?=[#=-]*(?:\s|$))/;

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~!]/g, (special) => `\\${special}`)
    .replace(BLOCK_START, "$1\\$2")
    .replace(/[@#](?=\w)|(?<=\bgh)-(?=\d)|(?<=:)\/\/|(?<=\bwww)\.|\$/gi, (sign) => `<span>${sign}</span>`);
}

/** Writes a table in Markdown from cells that are already safe, with the given alignment of each column. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: readonly ("left" | "right")[],
): string {
  const rule = `|${columns.map((side) => (side === "left" ? "---|" : "---:|")).join("")}`;
  return [`| ${head.join(" | ")} |`, rule, ...rows.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}
