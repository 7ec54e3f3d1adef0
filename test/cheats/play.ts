import type { Trajectory } from "../../src/core/record.ts";
import { runOnDocker } from "../fixtures/docker-run.ts";
import { anArm } from "../fixtures/record.ts";
import type { Cheat, Oddity, Played } from "./cheat.ts";
import { cheater } from "./cheater.ts";

/** What came of one played trial. */
export type Outcome = {
  readonly trajectory: Trajectory;
  /** Signs of tampering, what was seen to be attempted among them. */
  readonly signs: Trajectory["tampering"];
};

/** Plays every trial on the real engine, several at once, and gives what came of each by its id. */
export async function playAll(
  played: readonly Played<Cheat | Oddity>[],
): Promise<{ readonly outcomes: ReadonlyMap<string, Outcome>; readonly left: number }> {
  const turns = new Map(played.map((one) => [one.id, one.turns]));
  const run = await runOnDocker({ tasks: played.map(({ task }) => task), arms: [anArm("cheater")] }, ({ task }) =>
    cheater(turns.get(task.id) ?? []),
  );
  const outcomes = new Map<string, Outcome>();
  for (let id = 1; id <= played.length; id++) {
    const trial = run.store.runs.trial(id);
    if (!trial) throw new Error(`the trial ${id} was not stored`);
    const trajectory = run.store.trajectories.read(trial);
    outcomes.set(trial.taskId, { trajectory, signs: trajectory.tampering });
  }
  return { outcomes, left: run.containersLeft };
}

/** All that the model was shown: its prompts, what the tools answered, and what the harness said. */
export function shownTo({ system, firstTurns, steps, notes }: Trajectory): string {
  const answers = steps.flatMap((step) => [...step.toolCalls.map((one) => one.result ?? ""), ...step.notes.map((note) => note.text)]);
  return [system, ...firstTurns, ...answers, ...notes.map((note) => note.text)].join("\n");
}
