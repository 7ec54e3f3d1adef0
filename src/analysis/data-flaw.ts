/** A flaw in the data of two arms that forbids any verdict. */
export type DataFlaw =
  | {
      readonly kind: "missing-grades";
      readonly label: string;
      readonly missing: number;
      readonly planned: number;
      readonly errors: number;
      /** Tasks of which some trial has no result at all. */
      readonly unfinished: { readonly tasks: number; readonly of: number };
      /** The run to resume, and the command that resumes it. */
      readonly resume: { readonly command: "run" | "gate"; readonly runId: string };
    }
  | { readonly kind: "unequal-errors"; readonly baseline: number; readonly candidate: number }
  /** Of the tasks that both arms have in one version, those that have no grade on one side. */
  | { readonly kind: "tasks-left-out"; readonly leftOut: number; readonly tasks: number };

/** Checks whether one of several reasons is a flaw in the data. */
export function isFlaw(reason: { readonly kind: string }): reason is DataFlaw {
  return reason.kind === "missing-grades" || reason.kind === "unequal-errors" || reason.kind === "tasks-left-out";
}
