import { counted } from "../core/format.ts";

/** What of an arm's trials in a run keeps its figures from being those of the whole run. */
export type TrialFlaws = { readonly graded: number; readonly planned: number; readonly errors: number; readonly tampered: number };

/** Names what a reader must know of an arm's trials beside its pass rate, as short clauses; empty where all were graded and none was tampered with. */
export function trialFlawWords({ graded, planned, errors, tampered }: TrialFlaws): readonly string[] {
  return [
    ...(graded < planned ? [`${graded} of ${planned} graded`] : []),
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(tampered > 0 ? [`${tampered} tampered`] : []),
  ];
}
