/** Gradings of one solution: how many of its repeats passed. */
export type GradedRepeats = { readonly name: string; readonly passed: number; readonly repeats: number };

/** What was found about one task: whether its tests accept the reference and nothing else. `problem` is null when it is sound. */
export type Soundness = {
  readonly taskId: string;
  readonly tests: number;
  readonly reference: GradedRepeats | null;
  readonly untouched: GradedRepeats | null;
  readonly wrong: readonly GradedRepeats[];
  readonly problem: string | null;
};
