import { oneLine } from "../../core/printable.ts";
import { clipped } from "../wrap.ts";

// Longer ones are cut, so that a report stays readable and bounded.
const MAX_NAME = 120;
const MAX_SENTENCE = 400;

/**
 * Makes a name from users or models safe within GitHub's Markdown: it can neither format, link, mention a user, refer to an issue, become a
 * formula nor break a table. What makes a mention or a link needs to stand in one run of text, so its sign is set in an element of its own.
 */
export function markdownName(name: string): string {
  return escaped(clipped(oneLine(name), MAX_NAME));
}

/** The name of an arm, with a star when no language model is behind it. */
export function markdownSide({ label, scripted }: { readonly label: string; readonly scripted: boolean }): string {
  return markdownName(label) + (scripted ? "\\*" : "");
}

/** Makes a sentence that may hold such names safe in the same way. */
export function markdownSentence(sentence: string): string {
  return escaped(clipped(oneLine(sentence), MAX_SENTENCE));
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~!]/g, (special) => `\\${special}`)
    .replace(/[@#](?=\w)|(?<=\bgh)-(?=\d)|(?<=:)\/\/|(?<=\bwww)\.|\$/gi, (sign) => `<span>${sign}</span>`);
}

/** Writes a table in Markdown from cells that are safe already; every column but the first is aligned as told. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: readonly ("left" | "right")[],
): string {
  const rule = `|${columns.map((side) => (side === "left" ? "---|" : "---:|")).join("")}`;
  return [`| ${head.join(" | ")} |`, rule, ...rows.map((cells) => `| ${cells.join(" | ")} |`)].join("\n");
}
