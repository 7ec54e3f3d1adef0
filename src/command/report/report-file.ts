import { UserError } from "../../core/errors.ts";
import { jsonPieces } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import { placeNamed } from "../../files/place.ts";
import { replaceFile, requireReplaceable } from "../../files/write.ts";
import type { Report } from "../../report/written-report.ts";
import type { Store } from "../../store/store.ts";

/** The flag that writes reports to files, with its help. */
export const OUTPUT_FLAG = [
  "--output <file>",
  "also write the report to a file, in the format of its ending: .html, .md, .json, .csv (.trials.csv for every trial), .xml (JUnit); may be repeated",
] as const;

type Writer = (report: Report, store: Store) => Promise<string | Iterable<string>>;

// Each format is loaded only when it is used, so that none slows the others down.
const WRITERS: Readonly<Record<string, Writer>> = {
  ".trials.csv": async (report, store) => (await import("../../report/file/csv.ts")).trialCsv(trialsOf(report, store)),
  ".html": htmlOf,
  ".md": async (report) => (await import("../../report/file/markdown.ts")).markdownReport(report),
  ".json": async (report, store) => jsonPieces({ ...report, trials: trialsOf(report, store) }),
  ".csv": async (report) => (await import("../../report/file/csv.ts")).csvReport(report),
  ".xml": async (report, store) => (await import("../../report/file/junit.ts")).junitReport(report, trialsOf(report, store)),
};

/** Refuses files whose ending names no format, and those in whose place no report is written; throws UserError. */
export function checkOutputs(files: readonly string[]): void {
  for (const file of files) {
    if (!writerOf(file))
      throw new UserError(`Cannot write report "${file}": its ending names no format; use ${Object.keys(WRITERS).join(", ")}`);
    requireReplaceable(placeNamed(file));
  }
}

/** Writes a report to files, each whole or not at all; throws UserError when one cannot be written. */
export async function writeReports(report: Report, files: readonly string[], store: Store): Promise<void> {
  for (const file of files) {
    const text = await writerOf(file)?.(report, store);
    if (text === undefined) continue;
    replaceFile(placeNamed(file), typeof text === "string" ? [text.endsWith("\n") ? text : `${text}\n`] : text);
  }
}

// Finds the longest ending that matches.
function writerOf(file: string): Writer | undefined {
  const name = file.toLowerCase();
  const ending = Object.keys(WRITERS).find((one) => name.endsWith(one));
  return ending === undefined ? undefined : WRITERS[ending];
}

/** Reads the finished trials of the arms in a report, in the order of its runs. */
export function trialsOf(report: Report, store: Store): readonly TrialRecord[] {
  const wanted = new Set(report.arms.map(({ runId, armId }) => `${runId}/${armId}`));
  return report.runs.flatMap((run) => store.runs.trials(run.id)).filter(({ runId, armId }) => wanted.has(`${runId}/${armId}`));
}

async function htmlOf(report: Report, store: Store): Promise<string> {
  const [{ renderHtml }, { pageAssets }] = await Promise.all([import("../../report/html/html-report.ts"), import("./page-assets.ts")]);
  const trials = trialsOf(report, store);
  const byId = new Map(trials.map((trial) => [trial.id, trial]));
  const trajectoryOf = (id: number): ReturnType<Store["trajectories"]["read"]> | null => {
    const trial = byId.get(id);
    return trial ? store.trajectories.read(trial) : null;
  };
  return renderHtml({ report, trials, trajectoryOf, assets: await pageAssets() });
}
