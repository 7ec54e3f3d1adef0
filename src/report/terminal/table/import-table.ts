import { counted } from "../../../core/format.ts";
import { ISOLATION_CELLS } from "../../../core/isolation-words.ts";
import { oneLine } from "../../../core/printable.ts";
import type { Isolation } from "../../../core/task.ts";
import { fitText } from "../../wrap.ts";
import type { Palette } from "../palette.ts";
import { columnsOf, fittedTable } from "./fitted-table.ts";
import { cellText } from "./table-style.ts";

/** What became of a commit: the task that was made of it, whose figures are null where only its folder is known, or null with the reason. */
export type ImportedCommit = {
  readonly commit: string;
  readonly subject: string;
  readonly kept: {
    readonly task: string;
    readonly tests: number | null;
    readonly failing: number | null;
    readonly isolation: Isolation | null;
  } | null;
  readonly reason: string;
};

/** What is told below the table: commits that were no candidates by the reason, where the tasks are, and how many commits were looked at. */
export type ImportSummary = { readonly unfit: ReadonlyMap<string, number>; readonly out: string; readonly commits: number };

const MAX_SUBJECT = 50;

/** Draws what became of the commits of an import: those that were kept first, then those that were dropped, each with its reason. */
export function importTable(rows: readonly ImportedCommit[], { unfit, out, commits }: ImportSummary, paint: Palette): string {
  const sorted = [...rows.filter(({ kept }) => kept !== null), ...rows.filter(({ kept }) => kept === null)];
  const column = columnsOf(sorted);
  const table = fittedTable(
    [
      column("Commit", "name", ({ commit }) => commit),
      column("Subject", "text", ({ subject }) => cellText(subject.slice(0, MAX_SUBJECT))),
      column("Task", "word", ({ kept }) => (kept === null ? paint.red("dropped") : paint.green("kept"))),
      column("Tests", "figure", ({ kept }) => (kept?.tests == null ? "-" : String(kept.tests))),
      column("Fail before", "figure", ({ kept }) => (kept?.failing == null ? "-" : String(kept.failing))),
      column("Isolation", "word", ({ kept }) => (kept?.isolation == null ? "-" : ISOLATION_CELLS[kept.isolation])),
    ],
    paint.width,
  );
  const notes = sorted.filter(({ reason }) => reason !== "");
  const kept = rows.filter((row) => row.kept !== null).length;
  return [
    ...(rows.length === 0 ? [] : [table, ""]),
    ...notes.map(({ commit, kept: task, reason }) =>
      fitText(oneLine(`${commit} ${task === null ? "dropped" : "kept"}: ${cellText(reason)}`), paint.width, "  "),
    ),
    ...[...unfit].map(([reason, count]) => fitText(`${counted(count, "commit")} left out: ${reason}.`, paint.width)),
    `${kept} of ${counted(commits, "commit")} became tasks in ${out}${kept === 0 ? "" : "; each prompt is a draft: rewrite it, then remove draft: true from its task.yaml"}.`,
  ].join("\n");
}
