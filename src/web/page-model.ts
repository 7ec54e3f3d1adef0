import type { ArmData, PageData } from "./page-data.ts";

/** The result of one arm on one task; `version` numbers the versions of the task. */
export type Cell = {
  readonly passed: number;
  readonly trials: number;
  readonly errors: number;
  readonly tampered: number;
  readonly costUsd: number | null;
  readonly version: number;
};

/** The cells of one task, one for each arm; null where an arm has no result. */
export type Row = readonly (Cell | null)[];

/** The page's data with a row for each task; `baseline` is the index of the arm that others are compared with at first. */
export type PageModel = PageData & { readonly rows: readonly Row[]; readonly baseline: number };

/** Lays the arms' columns out as rows. */
export function pageModel(data: PageData): PageModel {
  const rows = data.tasks.map((): (Cell | null)[] => data.arms.map(() => null));
  for (const [armIndex, { cells }] of data.arms.entries()) {
    for (const [index, task] of cells.task.entries()) {
      const row = rows[task];
      if (row) row[armIndex] = cellAt(cells, index);
    }
  }
  const gateBase = data.gate?.baselineArm ?? -1;
  const comparedBase = data.comparisons[0]?.baseline ?? -1;
  return { ...data, rows, baseline: gateBase >= 0 ? gateBase : Math.max(0, comparedBase) };
}

function cellAt(cells: ArmData["cells"], index: number): Cell {
  return {
    passed: cells.passed[index] ?? 0,
    trials: cells.trials[index] ?? 0,
    errors: cells.errors[index] ?? 0,
    tampered: cells.tampered[index] ?? 0,
    costUsd: cells.costUsd[index] ?? null,
    version: cells.version[index] ?? 0,
  };
}

/** Gives the name of an arm as it is shown: with a star when no language model is behind it. */
export function armName({ label, scripted }: Pick<ArmData, "label" | "scripted">): string {
  return scripted ? `${label}*` : label;
}

/** Returns passed of graded; null where nothing is graded. */
export function rateOf(cell: Cell | null): number | null {
  return cell && cell.trials > 0 ? cell.passed / cell.trials : null;
}

/** Gives candidate minus baseline in pass rate on one task; null where one side has none, or another version of the task. */
export function changeOf(row: Row, armIndex: number, baseline: number): number | null {
  const before = row[baseline];
  const after = row[armIndex];
  if (armIndex === baseline || !before || !after || before.trials === 0 || after.trials === 0 || before.version !== after.version)
    return null;
  return after.passed / after.trials - before.passed / before.trials;
}
