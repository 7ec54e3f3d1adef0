import Table from "cli-table3";
import type { Palette } from "./palette.ts";
import { drawn, PLAIN_BORDERS } from "./table-style.ts";

/** One thing that a run needs: there, there with a flaw, or not there. `detail` says what was found and what to do. */
export type Finding = { readonly what: string; readonly state: "good" | "fair" | "bad"; readonly detail: string };

/** Draws what was found, one line each. */
export function findingTable(findings: readonly Finding[], paint: Palette): string {
  const table = new Table({ ...PLAIN_BORDERS });
  const marks = { good: paint.green("ok"), fair: paint.yellow("note"), bad: paint.red("missing") };
  for (const finding of findings) table.push([marks[finding.state], finding.what, finding.detail]);
  return drawn(table);
}
