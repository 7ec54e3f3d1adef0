import { counted } from "../../../core/format.ts";
import { countIsolation, ISOLATION_CELLS, isolationSentences } from "../../../core/isolation-words.ts";
import { oneLine, plainText } from "../../../core/printable.ts";
import type { Soundness } from "../../../core/verdict.ts";
import { fitText } from "../../wrap.ts";
import type { Palette } from "../palette.ts";
import { columnsOf, fittedTable } from "./fitted-table.ts";
import { cellText } from "./table-style.ts";

/** Draws the results of task checks, with each remark and problem in full below; what is wrong comes last, where it is not lost among many remarks. */
export function checkTable(checks: readonly Soundness[], paint: Palette): string {
  const column = columnsOf(checks);
  const table = fittedTable(
    [
      column("Task", "name", ({ taskId }) => cellText(taskId)),
      column("Tests", "figure", ({ tests }) => String(tests), 2),
      column("Reference passes", "figure", ({ reference }) => (reference ? `${reference.passed}/${reference.repeats}` : "-")),
      column("Untouched fails", "figure", ({ untouched }) =>
        untouched ? `${untouched.repeats - untouched.passed}/${untouched.repeats}` : "-",
      ),
      column("Wrong fail", "figure", ({ wrong }) =>
        wrong.length > 0 ? `${wrong.filter(({ passed }) => passed === 0).length}/${wrong.length}` : "none",
      ),
      column("Isolation", "word", ({ isolation }) => (isolation === null ? "-" : ISOLATION_CELLS[isolation]), 1),
      column("Sound", "word", ({ problems }) => (problems.length > 0 ? paint.red("no") : paint.green("yes"))),
    ],
    paint.width,
  );
  const [sound, unsound] = [checks.filter(({ problems }) => problems.length === 0), checks.filter(({ problems }) => problems.length > 0)];
  return [
    table,
    "",
    ...[...sound, ...unsound].flatMap((check) => linesOf(check, paint)),
    ...isolationSentences(countIsolation(checks.map((check) => check.isolation))).map((line) => fitText(line, paint.width)),
    `${sound.length} of ${counted(checks.length, "task")} ${checks.length === 1 ? "is" : "are"} sound.`,
  ].join("\n");
}

function linesOf({ taskId, problems, remarks, output }: Soundness, paint: Palette): readonly string[] {
  const task = cellText(taskId);
  const printed =
    output === null
      ? []
      : [
          "  The tests printed:",
          ...plainText(output)
            .split("\n")
            .map((line) => `  | ${line}`),
        ];
  return [
    ...problems.map((problem) => paint.red(fitText(oneLine(`${task}: ${problem}`), paint.width, "  "))),
    ...(problems.length > 0 ? printed : []),
    ...remarks.map((remark) => fitText(oneLine(`${task}: note: ${remark}`), paint.width, "  ")),
  ];
}

/** The state of one requirement of a run: present, present with a flaw, or missing. `detail` says what was found and what to do. */
export type Finding = { readonly what: string; readonly state: "good" | "fair" | "bad"; readonly detail: string };

/** Draws findings, one line each. */
export function findingTable(findings: readonly Finding[], paint: Palette): string {
  const marks = { good: paint.green("ok"), fair: paint.yellow("note"), bad: paint.red("bad") };
  return fittedTable(
    [
      { head: "", kind: "word", cells: findings.map(({ state }) => marks[state]) },
      { head: "", kind: "text", cells: findings.map(({ what }) => oneLine(what)) },
      { head: "", kind: "text", cells: findings.map(({ detail }) => oneLine(detail)) },
    ],
    paint.width,
  ).trimStart();
}
