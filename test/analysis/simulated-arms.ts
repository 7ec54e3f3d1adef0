import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { ArmInRun } from "../../src/analysis/summary.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

/** Draws numbers between 0 and 1 from a fixed seed. */
export function uniformFrom(seed: number): () => number {
  const generator = xoroshiro128plus(seed);
  return () => uniformFloat64(generator);
}

/** Results of attempts of every task by one arm, in order. */
export type Attempts = readonly (readonly boolean[])[];

/** Draws attempts of equal arms: each task has one chance, whoever tries it. */
export function drawEqualArms(
  { arms, tasks, attempts }: { readonly arms: number; readonly tasks: number; readonly attempts: number },
  uniform: () => number,
): readonly Attempts[] {
  const chances = Array.from({ length: tasks }, uniform);
  return Array.from({ length: arms }, () => chances.map((chance) => Array.from({ length: attempts }, () => uniform() < chance)));
}

/** Makes the arm of a run that has so many attempts of each task; `lost` are the attempts that ended in an error. */
export function armAfter(
  name: string,
  results: Attempts,
  {
    attempts,
    lost = () => false,
    run = {},
  }: { readonly attempts: number; readonly lost?: (passed: boolean) => boolean; readonly run?: Partial<ArmInRun["run"]> },
): ArmInRun {
  const perTask = results.map((all, index) => {
    const graded = all.slice(0, attempts).filter((passed) => !lost(passed));
    const passed = graded.filter(Boolean).length;
    return aTaskResult(`task-${index + 1}`, passed, graded.length, { errors: attempts - graded.length });
  });
  const errors = perTask.reduce((sum, task) => sum + task.errors, 0);
  return { run: aRun({ attempts, ...run }), arm: anArmResult(name, perTask, { armId: name, errors }) };
}
