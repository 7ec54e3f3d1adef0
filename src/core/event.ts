import type { Arm, Trial } from "./trial.ts";

/** What is told of a run, after it is stored. */
export type RunEvent =
  | {
      readonly kind: "run-started";
      readonly runId: string;
      readonly arms: readonly Arm[];
      readonly planned: number;
      readonly alreadyDone: number;
    }
  | { readonly kind: "trial-started"; readonly armId: string; readonly taskId: string; readonly attempt: number }
  | { readonly kind: "step"; readonly armId: string; readonly taskId: string; readonly iteration: number; readonly costUsd: number | null }
  | { readonly kind: "trial-finished"; readonly trial: Trial }
  /** Left in the middle, to be gone on with when the run is resumed. */
  | { readonly kind: "trial-left"; readonly armId: string; readonly taskId: string; readonly attempt: number }
  /** What is spent of what may be, where there is a cap. */
  | {
      readonly kind: "spent";
      readonly spentUsd: number;
      readonly spentTokens: number;
      readonly maxCostUsd: number | null;
      readonly maxTokens: number | null;
    }
  | { readonly kind: "notice"; readonly text: string }
  | { readonly kind: "run-finished"; readonly runId: string; readonly end: "complete" | "interrupted" | "failed" };

/** Is told what happens; must not throw. */
export type Reporter = (event: RunEvent) => void;
