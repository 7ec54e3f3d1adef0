import type { Verdict } from "../../../src/core/verdict.ts";
import { Project } from "../project.ts";
import type { CheatedTask, LanguageCheat } from "./cheat.ts";

// How a grading by hand ended: its status, and what it printed.
type ByHand = Awaited<ReturnType<Project["byHand"]>>;

/** What came of one cheat with the undefended grader that it is known to fool, and here; `undefended` is null where the machine is not the one it is written for. */
export type PlayedCheat = { readonly undefended: ByHand | null; readonly here: Verdict };

/** What came of a task: of its reference solution, of a plain wrong one, and of each cheat. */
export type PlayedTask = {
  readonly right: PlayedCheat;
  readonly wrong: PlayedCheat;
  readonly cheats: ReadonlyMap<LanguageCheat, PlayedCheat>;
};

// As many as the smallest machine has processors.
const AT_ONCE = 2;

/** Plays the cheats of a task with undefended graders and here, two gradings at once. */
export async function playTask(task: CheatedTask): Promise<PlayedTask> {
  const project = await Project.open(task.project);
  const required = await project.learn();
  const plays = [
    { files: {}, command: task.undefended, isPlayable: true },
    { files: task.wrong, command: task.undefended, isPlayable: true },
    ...task.cheats.map(({ files, twin, only }) => ({
      files,
      command: twin ?? task.undefended,
      isPlayable: only === undefined || only === process.arch,
    })),
  ];
  const undefended: (ByHand | null)[] = [];
  const here: Verdict[] = [];
  await inTurn(
    plays.flatMap(({ files, command, isPlayable }, at) => [
      async () => {
        undefended[at] = isPlayable ? await project.byHand(command, files) : null;
      },
      async () => {
        here[at] = await project.grade(files, required);
      },
    ]),
  );
  const playedAt = (at: number): PlayedCheat => {
    const verdict = here[at];
    if (verdict === undefined) throw new Error(`the play ${at} of ${task.runner} has no verdict`);
    return { undefended: undefended[at] ?? null, here: verdict };
  };
  return { right: playedAt(0), wrong: playedAt(1), cheats: new Map(task.cheats.map((cheat, at) => [cheat, playedAt(at + 2)])) };
}

async function inTurn(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const left = [...jobs];
  const works = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) await job();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, works));
}
