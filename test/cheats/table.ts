import type { TestRunnerName } from "../../src/core/task.ts";
import type { NamedCheat } from "./suite.ts";

/** A cheat, and whether it was caught with each isolation. */
export type Judged = { readonly cheat: NamedCheat; readonly process: boolean; readonly none: boolean };

const RUNNERS: readonly TestRunnerName[] = ["pytest", "node", "exit-status"];

/** Writes in Markdown how many cheats of each runner were caught with each isolation, and those that `none` does not stop, by name. */
export function cheatTable(judged: readonly Judged[]): string {
  const lines = RUNNERS.map((runner) => {
    const own = judged.filter(({ cheat }) => cheat.task.runner === runner);
    const kinds = new Set(own.flatMap(({ cheat }) => cheat.rows)).size;
    const caught = (isolation: "process" | "none"): string => `${own.filter((one) => one[isolation]).length} of ${own.length}`;
    return `| ${runner} | ${kinds} | ${own.length} | ${caught("process")} | ${caught("none")} |`;
  });
  const open = judged.filter(({ none }) => !none).map(({ cheat }) => `- ${cheat.task.runner}: ${cheat.title}`);
  const head = ["| Runner | Kinds | Cheats | Caught with `process` | Caught with `none` |", "|---|---:|---:|---:|---:|"];
  return [...head, ...lines, "", "Not stopped with `isolation: none`, a solution that", "", ...open].join("\n");
}
