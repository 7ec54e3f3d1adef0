import Table from "cli-table3";
import { countIsolation, ISOLATION_CELLS, isolationSentences } from "../../core/isolation-words.ts";
import { oneLine, plainText } from "../../core/printable.ts";
import type { Soundness } from "../../core/verdict.ts";
import { brokenName } from "../wrap.ts";
import type { Palette } from "./palette.ts";
import { cellText, drawn, PLAIN_BORDERS } from "./table-style.ts";

// With the other columns, 80 in all.
const MAX_TASK = 24;

/** Draws the results of task checks in 80 columns, with each remark and problem in full below; what is wrong comes last, where it is not lost among many remarks. */
export function checkTable(checks: readonly Soundness[], paint: Palette): string {
  const table = new Table({
    head: ["Task", "Tests", "Reference\npasses", "Untouched\nfails", "Wrong\nfail", "Isolation", "Sound"],
    ...PLAIN_BORDERS,
  });
  for (const check of checks) {
    const wrongRejected = check.wrong.filter((tried) => tried.passed === 0).length;
    table.push([
      brokenName(cellText(check.taskId), MAX_TASK),
      String(check.tests),
      check.reference ? `${check.reference.passed}/${check.reference.repeats}` : "-",
      check.untouched ? `${check.untouched.repeats - check.untouched.passed}/${check.untouched.repeats}` : "-",
      check.wrong.length > 0 ? `${wrongRejected}/${check.wrong.length}` : "none",
      check.isolation === null ? "-" : ISOLATION_CELLS[check.isolation],
      check.problems.length > 0 ? paint.red("no") : paint.green("yes"),
    ]);
  }
  const [sound, unsound] = [checks.filter(({ problems }) => problems.length === 0), checks.filter(({ problems }) => problems.length > 0)];
  return [
    drawn(table),
    "",
    ...[...sound, ...unsound].flatMap((check) => linesOf(check, paint)),
    ...isolationSentences(countIsolation(checks.map((check) => check.isolation))),
    `${sound.length} of ${checks.length} tasks are sound.`,
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
    ...problems.map((problem) => paint.red(oneLine(`${task}: ${problem}`))),
    ...(problems.length > 0 ? printed : []),
    ...remarks.map((remark) => oneLine(`${task}: note: ${remark}`)),
  ];
}

/** The state of one requirement of a run: present, present with a flaw, or missing. `detail` says what was found and what to do. */
export type Finding = { readonly what: string; readonly state: "good" | "fair" | "bad"; readonly detail: string };

/** Draws findings, one line each. */
export function findingTable(findings: readonly Finding[], paint: Palette): string {
  const table = new Table({ ...PLAIN_BORDERS });
  const marks = { good: paint.green("ok"), fair: paint.yellow("note"), bad: paint.red("bad") };
  for (const finding of findings) table.push([marks[finding.state], oneLine(finding.what), oneLine(finding.detail)]);
  return drawn(table);
}
