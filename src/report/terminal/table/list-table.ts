import { isOfGate } from "../../../analysis/gate/preregistration.ts";
import { markedCost } from "../../../core/figure.ts";
import { counted, formatDate } from "../../../core/format.ts";
import type { RunListing, RunState } from "../../../core/record.ts";
import { unfinishedSentence, type Whereabouts } from "../../unfinished-words.ts";
import { fitText } from "../../wrap.ts";
import type { Palette } from "../palette.ts";
import { columnsOf, fittedTable } from "./fitted-table.ts";
import { cellText, markedName, SCRIPTED_NOTE } from "./table-style.ts";

const UNBILLED_NOTE = '+ requests that failed or were cut off may have been billed in addition; "bench report" has what is assumed';

type Listed = RunListing & { readonly state: RunState };

/** Draws a table of runs in the given order, each with its state. */
export function listTable(runs: readonly Listed[], paint: Palette, whereabouts: Whereabouts = {}): string {
  const column = columnsOf(runs);
  const table = fittedTable(
    [
      column("Run", "word", ({ id }) => cellText(id)),
      column("Started (UTC)", "word", ({ createdAt }) => formatDate(createdAt), 5),
      column("Suite", "name", ({ suite }) => cellText(suite), 3),
      column("Models", "text", ({ arms }) => shortened(arms.map(markedName)), 4),
      column("Done", "figure", ({ graded, errors, planned }) => `${graded + errors}/${planned}`),
      column("Passed", "figure", ({ passed, graded }) => `${passed}/${graded}`),
      column("Errors", "figure", ({ errors }) => String(errors), 2),
      column(
        "Cost",
        "figure",
        (run) =>
          run.graded + run.errors === 0 ? "-" : markedCost(run.costUsd, { unbilledAttempts: run.unbilledAttempts, doubtfulUsageSteps: 0 }),
        1,
      ),
      column("State", "word", ({ state }) => state),
    ],
    paint.width,
  );
  const notes = [
    ...unfinishedNotes(runs, whereabouts).map((note) => paint.yellow(note)),
    ...(runs.some((run) => run.arms.some((arm) => arm.api === "scripted")) ? [SCRIPTED_NOTE] : []),
    ...(runs.some((run) => run.costUsd !== null && run.unbilledAttempts > 0) ? [UNBILLED_NOTE] : []),
  ].map((note) => fitText(note, paint.width));
  return table + (notes.length > 0 ? `\n\n${notes.join("\n")}` : "");
}

const MAX_UNFINISHED = 5;

function unfinishedNotes(runs: readonly Listed[], whereabouts: Whereabouts): readonly string[] {
  const unfinished = runs.filter(({ unfinishedTasks }) => unfinishedTasks > 0);
  const notes = unfinished.slice(0, MAX_UNFINISHED).map(({ unfinishedTasks, tasks, ...run }) => {
    return `Run ${unfinishedSentence({ ...run, isGate: isOfGate(run), tasks: unfinishedTasks, of: tasks }, whereabouts)}`;
  });
  const left = unfinished.length - notes.length;
  return left > 0 ? [...notes, `and ${counted(left, "more run")} not finished; "bench report RUN" tells why`] : notes;
}

function shortened(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;
}
