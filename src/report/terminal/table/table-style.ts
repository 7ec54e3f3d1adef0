import { printable } from "../../../core/printable.ts";

const BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Style of tables without lines, which fit narrow terminals and can be pasted as text. */
export const PLAIN_BORDERS = { chars: BORDERS, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } };

/** Draws a table without trailing spaces. */
export function drawn(table: { toString(): string }): string {
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** The note below a table that explains the star of `markedName`. */
export const SCRIPTED_NOTE = "* scripted, not a language model";

// Names that people choose are far shorter; a table is as wide as its longest cell.
const MAX_CELL = 200;

/** Gives a name or a value of unknown origin as a cell of a table shows it: visible, on one line, at most 200 characters. */
export function cellText(text: string): string {
  return printable(text, MAX_CELL);
}

/** Gives the name of an arm as tables show it: with a star when no language model is behind it. */
export function markedName({ name, api }: { readonly name: string; readonly api: string }): string {
  return cellText(name) + (api === "scripted" ? "*" : "");
}
