import { UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/printable.ts";
import type { RunRecord } from "../../core/record.ts";
import type { Suite } from "../../core/suite.ts";
import { regradeText } from "../../report/terminal/regrade-text.ts";
import { makeRunGrading } from "../../run/grading.ts";
import { regradeRun } from "../../run/regrade.ts";
import type { Store } from "../../store/store.ts";
import { Interrupted, listenForInterrupt } from "../interrupt.ts";
import { loadTasks } from "../load-tasks.ts";
import { openExistingToWrite, processOwner } from "../open-store.ts";
import { concurrencyOf } from "../run/concurrency.ts";
import type { RunFlags } from "../run/run-settings.ts";
import { gradedWith, readStoredFlags } from "../run/stored-flags.ts";
import { prepareSandboxes } from "../sandbox/prepare-sandboxes.ts";
import { imageDepsOf, imagesOf } from "../sandbox/prepared-sandboxes.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";

/** The flags of `bench regrade` as the command line gives them. */
export type RegradeFlags = {
  readonly suite?: readonly string[];
  readonly task?: readonly string[];
  readonly grading?: number;
  readonly db: string;
  readonly buildNetwork?: true;
  readonly trust?: true;
  readonly json?: true;
};

/** Where a regrading is shown, and what the user has allowed. */
type RegradeDeps = { readonly terminal: Terminal; readonly trust: Trust };

/** Grades a run again and prints what changed. Exit code 4 when a task could not be graded again. */
export async function startRegrade(name: string, flags: RegradeFlags, { terminal, trust }: RegradeDeps): Promise<ExitCode> {
  const store = await openExistingToWrite(flags.db, trust);
  const interrupt = listenForInterrupt(
    (text) => terminal.notify(text),
    "tasks that are graded again have their new verdicts, the others keep the old ones",
  );
  try {
    const run = store.findRun(name);
    const kept = readStoredFlags(run);
    terminal.notify(gradedWith(run, { ...kept, ...flags }));
    const suite = await tasksOf(store, run, { ...kept, ...flags });
    const { provider, notices } = await prepareSandboxes(
      kept,
      imagesOf(suite.tasks, run.image, imageDepsOf(flags, { terminal, trust, signal: interrupt.signal })),
    );
    for (const notice of notices) terminal.notify(notice);
    store.claimRun(run.id, processOwner());
    const concurrency = concurrencyOf(flags, suite.tasks).grading;
    const grading = makeRunGrading({
      store,
      sandboxes: provider(run.id, (text) => terminal.notify(text)),
      concurrency,
    });
    const tasks = await regradeRun(run.id, suite, {
      store,
      grading,
      concurrency: concurrency * 2,
      signal: interrupt.signal,
      notify: (text) => terminal.notify(text),
    });
    terminal.print(flags.json ? jsonText({ runId: run.id, tasks }) : regradeText(run.id, tasks));
    return tasks.some(({ problem }) => problem !== null) ? 4 : 0;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    interrupt.release();
    store.close();
  }
}

// Tasks that were added later were never run.
async function tasksOf(
  store: Store,
  run: RunRecord,
  flags: Pick<RunFlags, "suite" | "task" | "base" | "passAt" | "images" | "sandbox">,
): Promise<Suite> {
  const { suite } = await loadTasks(flags.suite ?? [], flags.task ?? [], flags);
  const ran = new Set(store.runs.shape(run.id).tasks.map(({ id }) => id));
  const tasks = suite.tasks.filter(({ id }) => ran.has(id));
  if (tasks.length === 0)
    throw new UserError(`Cannot grade run "${run.id}" again: none of its tasks can be found; name their suite with --suite`);
  return { ...suite, tasks };
}
