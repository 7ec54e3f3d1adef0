import type { TestRunnerName } from "../../src/core/task.ts";
import type { NamedCheat } from "./suite.ts";

/** A cheat, and whether it was caught with each isolation. */
export type Judged = { readonly cheat: NamedCheat; readonly process: boolean; readonly none: boolean };

const RUNNERS: readonly TestRunnerName[] = ["pytest", "node", "exit-status"];

/** Writes in Markdown how many cheats of each runner were caught with each isolation. */
export function cheatTable(judged: readonly Judged[]): string {
  const lines = RUNNERS.map((runner) => {
    const own = judged.filter(({ cheat }) => cheat.task.runner === runner);
    const kinds = new Set(own.flatMap(({ cheat }) => cheat.rows)).size;
    const caught = (isolation: "process" | "none"): string => `${own.filter((one) => one[isolation]).length} of ${own.length}`;
    return `| ${runner} | ${kinds} | ${own.length} | ${caught("process")} | ${caught("none")} |`;
  });
  return ["| Runner | Kinds | Cheats | Caught with `process` | Caught with `none` |", "|---|---:|---:|---:|---:|", ...lines].join("\n");
}

/** Writes in Markdown what `isolation: none` stops and what it does not, by name. */
export function openTable(judged: readonly Judged[]): string {
  const named = (caught: boolean): string[] =>
    RUNNERS.map((runner) => {
      const own = judged.filter(({ cheat, none }) => cheat.task.runner === runner && none === caught);
      return `- ${runner}: ${own.map(({ cheat }) => cheat.title).join("; ") || "none"}.`;
    });
  const always = judged.filter((one) => !one.process).map(({ cheat }) => `- ${cheat.task.runner}: ${cheat.title}.`);
  const heads = ["Not stopped with `isolation: none`, a solution that", "Stopped with `isolation: none`, a solution that"];
  return [
    "Not stopped with `isolation: process`, a solution that",
    "",
    ...(always.length > 0 ? always : ["- none."]),
    "",
    heads[0],
    "",
    ...named(false),
    "",
    heads[1],
    "",
    ...named(true),
  ].join("\n");
}
