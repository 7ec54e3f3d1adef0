/** The share of its trials that a sequential gate is expected to save, from simulation. */
export type SequentialSaving = {
  readonly change: "prompt" | "model";
  readonly rounds: number;
  readonly margin: number;
  /** Number of tasks that the figures apply to: that of the plan, or the nearest simulated one. */
  readonly tasks: number;
  readonly unchanged: number;
  readonly tenPointsWorse: number;
};

type Row = { readonly tasks: number; readonly unchanged: number; readonly tenPointsWorse: number };

// Simulated for five rounds, power-family spending, alpha 5 %, a margin of 5 points and a pass rate of 60 %.
const SIMULATED: Readonly<Record<SequentialSaving["change"], readonly [Row, ...Row[]]>> = {
  prompt: [
    { tasks: 50, unchanged: 0.11, tenPointsWorse: 0.33 },
    { tasks: 100, unchanged: 0.21, tenPointsWorse: 0.52 },
    { tasks: 200, unchanged: 0.37, tenPointsWorse: 0.68 },
  ],
  model: [
    { tasks: 50, unchanged: 0.07, tenPointsWorse: 0.21 },
    { tasks: 100, unchanged: 0.13, tenPointsWorse: 0.4 },
    { tasks: 200, unchanged: 0.25, tenPointsWorse: 0.61 },
  ],
};

/** Gives the expected saving for a number of tasks, by linear interpolation between the simulated numbers and without extrapolation. */
export function sequentialSaving(change: SequentialSaving["change"], tasks: number): SequentialSaving {
  const rows = SIMULATED[change];
  const below = rows.findLast((row) => row.tasks <= tasks) ?? rows[0];
  const above = rows.find((row) => row.tasks >= tasks) ?? below;
  const share = above.tasks === below.tasks ? 0 : Math.max(0, (tasks - below.tasks) / (above.tasks - below.tasks));
  const between = (from: number, to: number): number => from + share * (to - from);
  return {
    change,
    rounds: 5,
    margin: 0.05,
    tasks: Math.round(between(below.tasks, above.tasks)),
    unchanged: between(below.unchanged, above.unchanged),
    tenPointsWorse: between(below.tenPointsWorse, above.tenPointsWorse),
  };
}
