import { UserError } from "../core/errors.ts";
import { counted } from "../core/format.ts";
import type { Task } from "../core/task.ts";
import type { Arm, TrialKey } from "../core/trial.ts";

/** A trial that is to run. */
export type PlannedTrial = { readonly key: TrialKey; readonly task: Task; readonly arm: Arm };

/** What a run consists of. */
export type RunShape = {
  readonly runId: string;
  readonly tasks: readonly Task[];
  readonly arms: readonly Arm[];
  readonly attempts: number;
};

// The list of a run's trials is in memory: as many take about a hundred megabytes.
const MAX_TRIALS = 500_000;

/** Throws UserError when a run would have more trials than can be planned. */
export function requirePlannable({ tasks, arms, attempts }: Omit<RunShape, "runId">): void {
  const trials = tasks.length * arms.length * attempts;
  if (trials <= MAX_TRIALS) return;
  throw new UserError(
    `Cannot plan ${counted(trials, "trial")} (${counted(tasks.length, "task")}, ${counted(arms.length, "arm")}, ${counted(attempts, "attempt")}): at most ${counted(MAX_TRIALS, "trial")} fit into a run; choose fewer with --task, --model or --attempts`,
  );
}

/** Throws UserError when another agent than the loop would work on a task that brings tools of its own, which it would not have. */
export function requireOwnTools({ tasks, arms }: Pick<RunShape, "tasks" | "arms">): void {
  const [task, ...others] = tasks.filter(({ mcpServers }) => mcpServers !== undefined);
  const other = arms.find(({ agent }) => agent.kind === "cli");
  if (task === undefined || other === undefined) return;
  throw new UserError(
    `Cannot run task "${task.id}"${others.length > 0 ? ` and ${others.length} more` : ""} with ${other.name}: its mcp_servers are given to the built-in loop alone; choose models without an agent with --model, or leave the task out with --task`,
  );
}

/**
 * Lists the trials of a run that are not done yet: attempts outermost and arms innermost, so that an interrupted run is balanced and
 * its providers are used in turn. Throws UserError for more trials than can be planned.
 */
export function planTrials(shape: RunShape, done: readonly TrialKey[]): readonly PlannedTrial[] {
  requirePlannable(shape);
  const finished = new Set(done.map(keyText));
  const attempts = Array.from({ length: shape.attempts }, (_, index) => index + 1);
  return attempts
    .flatMap((attempt) =>
      shape.tasks.flatMap((task) =>
        shape.arms.map((arm) => ({ key: { runId: shape.runId, taskId: task.id, armId: arm.id, attempt }, task, arm })),
      ),
    )
    .filter((trial) => !finished.has(keyText(trial.key)));
}

function keyText(key: TrialKey): string {
  return JSON.stringify([key.taskId, key.armId, key.attempt]);
}
