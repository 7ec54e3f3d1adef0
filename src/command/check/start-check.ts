import { InfraError, UserError } from "../../core/errors.ts";
import { jsonText } from "../../core/printable.ts";
import type { Task } from "../../core/task.ts";
import type { Soundness } from "../../core/verdict.ts";
import { gradeWithDetails } from "../../grade/grade.ts";
import { checkTable } from "../../report/terminal/table/check-tables.ts";
import { findAnswersInHistory } from "../../run/check/answer-history.ts";
import { checkState } from "../../run/check/check-state.ts";
import { type CheckOptions, checkTask } from "../../run/check/check-task.ts";
import { workThrough } from "../../run/schedule.ts";
import { Interrupted, listenForInterrupt } from "../interrupt.ts";
import { type FormatFlags, loadTasks } from "../load-tasks.ts";
import { concurrencyOf } from "../run/concurrency.ts";
import { prepareSandboxes } from "../sandbox/prepare-sandboxes.ts";
import { imageDepsOf, imagesOf } from "../sandbox/prepared-sandboxes.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";

/** The flags of `bench check`. */
export type CheckFlags = {
  readonly suite?: readonly string[];
  readonly task?: readonly string[];
  readonly repeats: number;
  readonly grading?: number;
  readonly image: string;
  readonly sandbox?: SandboxKind;
  readonly runtime?: string;
  readonly buildNetwork?: true;
  readonly trust?: true;
  readonly json?: true;
} & FormatFlags;

/** Where a check is shown, and what the user has allowed. */
type CheckDeps = { readonly terminal: Terminal; readonly trust: Trust };

/** Checks every chosen task and prints the table. Throws UserError when a task cannot be read. */
export async function startCheck(flags: CheckFlags, { terminal, trust }: CheckDeps): Promise<ExitCode> {
  const { suite, notices: leftOut } = await loadTasks(flags.suite ?? [], flags.task ?? [], flags);
  for (const line of leftOut) terminal.notify(line);
  const { provider, notices } = await prepareSandboxes(flags, imagesOf(suite.tasks, flags.image, imageDepsOf(flags, { terminal, trust })));
  for (const notice of notices) terminal.notify(notice);
  const sandboxes = provider("check", (text) => terminal.notify(text));
  const interrupt = listenForInterrupt((text) => terminal.notify(text), "a check stores nothing; what was found so far stands above");
  const { signal } = interrupt;
  const options: CheckOptions = {
    repeats: flags.repeats,
    grade: (task, submitted, expected) => gradeWithDetails({ task, submitted, expected, sandboxes, signal }),
    findAnswers: (task, hidden) => findAnswersInHistory(task, hidden, { sandboxes, signal }),
  };
  try {
    const found = new Map<string, Soundness>();
    const checkOne = async (task: Task): Promise<void> => {
      const checked = task.state === undefined ? checkTask(task, options) : checkState(task, { repeats: flags.repeats, sandboxes, signal });
      const soundness = await checked.catch((error: unknown) => uncheckable(task, error));
      found.set(task.id, soundness);
      terminal.notify(`[${found.size}/${suite.tasks.length}] ${task.id}: ${soundness.problems[0] ?? "sound"}`);
    };
    await workThrough(suite.tasks, { concurrency: concurrencyOf(flags, suite.tasks).grading, signal }, checkOne);
    if (signal.aborted) return 130;
    const results = suite.tasks.flatMap((task) => found.get(task.id) ?? []);
    terminal.print(
      flags.json
        ? jsonText(results.map((result) => ({ ...result, problem: result.problems[0] ?? null })))
        : [checkTable(results, terminal.paint), ...leftOut].join("\n"),
    );
    return results.every((result) => result.problems.length === 0) ? 0 : 1;
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    interrupt.release();
  }
}

// One task that cannot be checked must not hide the results of the others.
function uncheckable(task: Task, error: unknown): Soundness {
  if (!(error instanceof InfraError || error instanceof UserError)) throw error;
  const none = { tests: 0, isolation: null, reference: null, untouched: null, wrong: [], remarks: [], output: null };
  return { taskId: task.id, ...none, problems: [`it could not be checked: ${error.message}`] };
}
