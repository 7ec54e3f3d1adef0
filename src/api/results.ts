import { UserError } from "../core/errors.ts";
import type { RunListing, Trajectory, TrialRecord } from "../core/record.ts";
import type { Report } from "../report/written-report.ts";
import { readStore } from "./read-store.ts";

/** Where results are read from. */
export type ReadOptions = {
  /** The SQLite file of results; by default results/bench.db in the working directory. */
  readonly database?: string;
};

/** Lists the runs of a database, newest first, at most `limit` (20) of them. */
export function listRuns({ limit = 20, database }: ReadOptions & { readonly limit?: number } = {}): Promise<readonly RunListing[]> {
  return readStore(database, (store) => store.runs.list(limit));
}

/** Reads the figures of a run by arm and by task, as `bench report --json` prints them. `run` is an id, the start of one, or "latest". */
export function readReport(run: string, options: ReadOptions = {}): Promise<Report> {
  return readStore(options.database, async (store, whereabouts) => {
    const [{ summarizeStoredRun }, { writeReport }] = await Promise.all([
      import("../run/comparison-terms.ts"),
      import("../report/written-report.ts"),
    ]);
    return writeReport(summarizeStoredRun(store, store.findRun(run)), whereabouts);
  });
}

/** Reads the finished trials of a run. */
export function readTrials(run: string, options: ReadOptions = {}): Promise<readonly TrialRecord[]> {
  return readStore(options.database, (store) => store.runs.trials(store.findRun(run).id));
}

/** Reads a trial from the first message to the verdict: every step with its tool calls, and the results of the hidden tests. `trial` is its `id`. */
export function readTrajectory(trial: number, options: ReadOptions = {}): Promise<Trajectory> {
  return readStore(options.database, (store) => {
    const found = store.runs.trial(trial);
    if (!found)
      throw new UserError(`Cannot read trial "${trial}": the database has no trial with this number; list them with readTrials()`);
    return store.trajectories.read(found);
  });
}
