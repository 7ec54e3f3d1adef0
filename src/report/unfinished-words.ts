import { unfinishedTasks } from "../analysis/find-flaws.ts";
import { isOfGate } from "../analysis/gate/preregistration.ts";
import type { Summary } from "../analysis/summary.ts";
import type { Trend } from "../analysis/trend.ts";
import { clipped, oneLine } from "../core/printable.ts";
import type { RunRecord } from "../core/record.ts";

/** What a database does not tell of its runs: which a process works on now, and the flag that names the database, empty for the usual one. */
export type Whereabouts = { readonly running?: ReadonlySet<string>; readonly databaseFlag?: string };

/** A run with tasks of which some trial has no result: how many, of how many, and what it ended with. */
export type UnfinishedRun = Pick<RunRecord, "id" | "end" | "stoppedBy"> & {
  readonly tasks: number;
  readonly of: number;
  /** Whether it belongs to a sequential gate, which resumes it. */
  readonly isGate: boolean;
};

const MAX_REASON = 300;

/** Says of each run that is not finished how many of its tasks are left, why it stopped, and the command that resumes it, which comes last. */
export function unfinishedSentences(summary: Summary, whereabouts: Whereabouts): readonly string[] {
  const { runs, arms, capStops } = summary;
  return runs.flatMap((run) => {
    const own = arms.filter(({ runId }) => runId === run.id).flatMap(({ perTask }) => perTask);
    const left = unfinishedTasks(own, run);
    if (left.length === 0) return [];
    const unfinished = { ...run, isGate: isOfGate(run), tasks: distinct(left), of: distinct(own) };
    // What a cap did is said in a sentence of its own, with the amounts.
    const cap = runs.length > 1 ? null : (capStops[0] ?? null);
    if (cap === null) return [`Run ${unfinishedSentence(unfinished, whereabouts)}`];
    const higher = cap.owner !== null ? "" : cap.cap.kind === "usd" ? " --max-cost USD" : " --max-tokens N";
    return [`Run ${oneLine(run.id)}: ${countWords(unfinished)}; ${resumeClauseOf(unfinished, whereabouts, higher)}`];
  });
}

/** Says of one run that is not finished how many tasks are left, why it stopped and how it is resumed; begins with its id. */
export function unfinishedSentence(run: UnfinishedRun, whereabouts: Whereabouts): string {
  if (whereabouts.running?.has(run.id)) return `${oneLine(run.id)} is under way: ${countWords(run)} yet.`;
  return `${oneLine(run.id)}: ${countWords(run)}; ${endWords(run)}; ${resumeClauseOf(run, whereabouts)}`;
}

/** Says the same of each run of a trend, with the name of the arm before it. */
export function unfinishedPoints({ lines }: Trend, whereabouts: Whereabouts): readonly string[] {
  return lines.flatMap(({ name, points }) =>
    points.flatMap(({ runId, unfinished }) =>
      unfinished === null ? [] : [`${oneLine(name)} in run ${unfinishedSentence({ id: runId, ...unfinished }, whereabouts)}`],
    ),
  );
}

function distinct(tasks: readonly { readonly taskId: string }[]): number {
  return new Set(tasks.map(({ taskId }) => taskId)).size;
}

function countWords({ tasks, of }: UnfinishedRun): string {
  return `${tasks} of ${of} ${of === 1 ? "task" : "tasks"} not finished`;
}

// A process that was killed could not store why.
function endWords({ end, stoppedBy }: UnfinishedRun): string {
  if (end === null) return "its process ended without saying why";
  if (stoppedBy !== null) return `it stopped: ${clipped(oneLine(stoppedBy), MAX_REASON, "...")}`;
  return end === "interrupted" ? "it was interrupted" : "it could not continue";
}

/** Names the command that resumes a run, with more flags behind it, as a clause to end a sentence with: a full stop would be copied with the command. */
export function resumeClause({ command, runId }: { readonly command: "run" | "gate"; readonly runId: string }, flags = ""): string {
  return `resume with: bench ${command} --resume ${oneLine(runId)}${flags}`;
}

function resumeClauseOf({ id, isGate }: UnfinishedRun, { databaseFlag = "" }: Whereabouts, flags = ""): string {
  return resumeClause({ command: isGate ? "gate" : "run", runId: id }, flags + databaseFlag);
}
