import type { GateMode, GateResult } from "../analysis/gate/gate-result.ts";
import type { Report, WrittenGate } from "../report/written-report.ts";
import { readStore } from "./read-store.ts";
import type { ReadOptions } from "./results.ts";

/** How stored arms are compared. */
export type CompareOptions = ReadOptions & {
  /** `tasks` (the default) draws conclusions about tasks like these, `suite` about exactly these. */
  readonly scope?: "tasks" | "suite";
  /** Compares even where limits, image, tasks or harness differ. */
  readonly allowMismatch?: boolean;
  /** The arms were chosen before there were results, so the other arms of their runs do not count. */
  readonly planned?: boolean;
  /** The share below which a difference does not matter: smaller is alike; 0.05 (5 points) by default. */
  readonly margin?: number;
};

/**
 * Compares stored arms with the first one, task by task, as `bench compare --json` does. Arms are named as there: by name, model or prompt, with @RUN for where they
 * ran; no name stands for every arm of the newest run.
 *
 * Throws UserError when a name finds no arm or several, or when the figures would mislead.
 */
export function compare(arms: readonly string[] = [], options: CompareOptions = {}): Promise<Report> {
  return readStore(options.database, async (store, whereabouts) => {
    const [{ chooseArms }, { compareChosen }] = await Promise.all([
      import("../run/arm-choice.ts"),
      import("../command/compare/compare-arms.ts"),
    ]);
    return compareChosen(store, chooseArms(store, arms), {
      scope: options.scope ?? "tasks",
      allowMismatch: options.allowMismatch ?? false,
      planned: options.planned ?? false,
      ...(options.margin === undefined ? {} : { margin: options.margin }),
      whereabouts,
    });
  });
}

/** What a gate compares, and what it lets pass. */
export type GateOptions = ReadOptions & {
  /** An arm, run, tag, branch or saved baseline. */
  readonly baseline: string;
  /** The arm that would replace it; by default the baseline's counterpart in the newest run. */
  readonly candidate?: string;
  /** Loss in pass rate that is accepted, as a share: 0.05 (the default) is 5 points. */
  readonly maxDrop?: number;
  /** How much more the candidate may cost, as a share: 0.2 is 20 %. By default cost is not judged. */
  readonly maxCostIncrease?: number;
  /** Risk of each wrong claim, one-sided; 0.05 by default. */
  readonly alpha?: number;
  /**
   * What fails the candidate: `worse` (the default) that it is shown to be worse while a drop beyond `maxDrop` is not excluded, `beyond-margin` only a drop that is
   * shown to be beyond it. Both pass it once such a drop is excluded.
   */
  readonly failWhen?: GateResult["failWhen"];
  /** Both fail and pass by the same rule; `regression` is the default, and `non-inferiority` also refuses to decide over too few trials to show that `maxDrop` is kept. */
  readonly mode?: GateMode;
  /** The outcome of an inconclusive gate; `inconclusive` by default. */
  readonly onInconclusive?: "pass" | "fail";
  readonly allowMismatch?: boolean;
  /** Lets a `non-inferiority` gate decide over too few trials to show that `maxDrop` is kept. */
  readonly allowUnderpowered?: boolean;
};

/** A report with the result of a gate: `gate.outcome`, and `gate.exitCode` as the command line would end with it. */
export type GateReport = Report & { readonly gate: WrittenGate };

/**
 * Decides whether a stored candidate may replace a stored baseline, as `bench gate --json` does.
 *
 * Throws UserError when a side cannot be found, the two cannot be compared, or an option would change what a gate fixed before its run.
 */
export function gate(options: GateOptions): Promise<GateReport> {
  return readStore(options.database, async (store, whereabouts) => {
    const [{ decideNamedGate }, { withCapStops }, { writeReport }] = await Promise.all([
      import("../command/gate/start-gate.ts"),
      import("../command/compare/compare-arms.ts"),
      import("../report/written-report.ts"),
    ]);
    const { allowMismatch, allowUnderpowered, maxDrop = 0.05, alpha = 0.05, mode = "regression", failWhen = "worse", ...others } = options;
    const allowed = { ...(allowMismatch ? { allowMismatch } : {}), ...(allowUnderpowered ? { allowUnderpowered } : {}) };
    const isSet = (name: string): boolean => (options[name as keyof GateOptions] ?? false) !== false;
    const summary = decideNamedGate(store, { maxDrop, alpha, mode, failWhen, ...others, ...allowed }, isSet);
    const report = writeReport(withCapStops(store, summary), whereabouts);
    if (report.gate === null) throw new Error("Cannot read the result of a gate: the report has none; this is a bug");
    return { ...report, gate: report.gate };
  });
}
