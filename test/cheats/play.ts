import { messageOf } from "../../src/core/errors.ts";
import type { Trajectory } from "../../src/core/record.ts";
import type { Isolation, Task } from "../../src/core/task.ts";
import type { Expected } from "../../src/core/verdict.ts";
import { grade } from "../../src/grade/grade.ts";
import { learnExpected } from "../../src/grade/learn-expected.ts";
import { overlay } from "../../src/grade/submission.ts";
import { runOnDocker } from "../fixtures/docker-run.ts";
import { anArm } from "../fixtures/record.ts";
import { sandboxes, smallTask, sources } from "../grade/small-task.ts";
import type { CheatTask, Texts } from "./cheat.ts";
import { cheater, type Deed } from "./cheater.ts";

const CALLS_OF_A_TURN = 8;

// Enough for a machine that has much else to do.
const TIMEOUT_SECONDS = 60;

/** A trial to play: what an agent writes and runs on a task, and how it is graded. */
export type Play = {
  readonly id: string;
  readonly task: CheatTask;
  readonly isolation: Isolation;
  readonly files: Texts;
  readonly agent?: string;
  readonly secondsOfTests?: number;
};

/** Plays every trial on the real engine, several at once, and gives what came of each by its id; and how many containers were left. */
export async function playAll(
  plays: readonly Play[],
): Promise<{ readonly outcomes: ReadonlyMap<string, Trajectory>; readonly left: number }> {
  const turns = new Map(plays.map((play) => [play.id, turnsOf(play)]));
  const run = await runOnDocker({ tasks: plays.map(taskOf), arms: [anArm("cheater")] }, ({ task }) => cheater(turns.get(task.id) ?? []));
  const outcomes = new Map<string, Trajectory>();
  for (let id = 1; id <= plays.length; id++) {
    const trial = run.store.runs.trial(id);
    if (!trial) throw new Error(`the trial ${id} was not stored`);
    outcomes.set(trial.taskId, run.store.trajectories.read(trial));
  }
  return { outcomes, left: run.containersLeft };
}

/** How a play was graded; an error is no verdict. */
export type Grading = { readonly error: string | null; readonly passed: boolean | null };

/** Grades what agents that only write files would hand in, without their trials, two at a time; gives what came of each by its id. */
export async function gradeAll(plays: readonly Play[]): Promise<ReadonlyMap<string, Grading>> {
  const { signal } = new AbortController();
  const learned = new Map<string, Promise<Expected>>();
  const gradings = new Map<string, Grading>();
  const waiting = [...plays];
  const gradeNext = async (): Promise<void> => {
    for (let play = waiting.shift(); play !== undefined; play = waiting.shift()) {
      const task = taskOf(play);
      const expected = learned.get(task.digest) ?? learnExpected({ task, sandboxes, signal });
      learned.set(task.digest, expected);
      try {
        const submitted = overlay(await task.files.workspace(), sources(play.files));
        const { passed } = await grade({ task, submitted, expected: await expected, sandboxes, signal });
        gradings.set(play.id, { error: null, passed });
      } catch (error) {
        gradings.set(play.id, { error: messageOf(error), passed: null });
      }
    }
  };
  await Promise.all([gradeNext(), gradeNext()]);
  return gradings;
}

/** All that the model was shown: its prompts, what the tools answered, and what the harness said. */
export function shownTo({ system, firstTurns, steps, notes }: Trajectory): string {
  const answers = steps.flatMap((step) => [...step.toolCalls.map((one) => one.result ?? ""), ...step.notes.map((note) => note.text)]);
  return [system, ...firstTurns, ...answers, ...notes.map((note) => note.text)].join("\n");
}

function taskOf({ id, task, isolation, secondsOfTests }: Play): Task {
  const given = Object.keys(task.workspace).filter((path) => path.startsWith("given."));
  const small = smallTask({
    workspace: task.workspace,
    tests: task.tests,
    reference: task.reference,
    deliver: { include: ["**"], exclude: given },
    plan: { runner: task.runner, files: testFiles(task), isolation, timeoutSeconds: secondsOfTests ?? TIMEOUT_SECONDS },
  });
  // What is learned of a task is kept by its digest: all plays of one task share it.
  return { ...small, id, suite: "sums-of-the-cheat-suite", digest: `${task.name}/${isolation}/${secondsOfTests ?? ""}` };
}

function testFiles({ runner, tests }: CheatTask): readonly string[] {
  const isTest = { pytest: /^test_.*\.py$/, node: /\.test\.[a-z]+$/, "exit-status": /\.sh$/ }[runner];
  return Object.keys(tests).filter((path) => isTest.test(path));
}

function turnsOf({ files, agent }: Play): readonly (readonly Deed[])[] {
  const writes = Object.entries(files).map(([path, content]): Deed => ({ name: "write_file", args: { path, content } }));
  const turns = Array.from({ length: Math.ceil(writes.length / CALLS_OF_A_TURN) }, (_, turn) =>
    writes.slice(turn * CALLS_OF_A_TURN, (turn + 1) * CALLS_OF_A_TURN),
  );
  return agent === undefined ? turns : [...turns, [{ name: "run_command", args: { command: agent, timeout_seconds: 30 } }]];
}
