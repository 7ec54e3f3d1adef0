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

/** Tables of columns without lines: they fit narrow terminals and survive being pasted. */
export const PLAIN_BORDERS = { chars: BORDERS, style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } };

/** Draws a table without the blanks that pad its last column. */
export function drawn(table: { toString(): string }): string {
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
