import type { Cheat } from "./cheat.ts";

/** A cheat with what came of it. */
export type Judged = { readonly cheat: Cheat; readonly caught: boolean };

const CLASSES: readonly { readonly letter: string; readonly name: string }[] = [
  { letter: "A", name: "A: getting the answer before grading" },
  { letter: "B", name: "B: poisoning the workspace" },
  { letter: "C", name: "C: tampering with the machine" },
  { letter: "D", name: "D: attacking the grader from within" },
];

/** Writes a Markdown table of the classes of cheats: how many rows of the catalogue are played, how many of the cheats were caught, and how many must be flagged, too. */
export function cheatTable(judged: readonly Judged[]): string {
  const lines = CLASSES.map(({ letter, name }) => {
    const own = judged.filter(({ cheat }) => cheat.rows[0]?.startsWith(letter));
    const rows = new Set(own.flatMap(({ cheat }) => cheat.rows).filter((row) => row.startsWith(letter)));
    const count = (test: (one: Judged) => boolean): number => own.filter(test).length;
    return `| ${name} | ${rows.size} | ${own.length} | ${count((one) => one.caught)} | ${count(({ cheat }) => cheat.sign !== undefined)} |`;
  });
  return ["| Class | Kinds | Cheats | Caught | Flagged |", "|---|---:|---:|---:|---:|", ...lines].join("\n");
}
