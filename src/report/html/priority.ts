import type { Report } from "../written-report.ts";
import type { PlacedTrial } from "./trial-columns.ts";

/**
 * Orders trials by how much a reader would miss their trajectories: first those that did not pass, were tampered with, or belong to a task on which arms differ;
 * then one passing trial of each other cell; then the rest. Within each group every cell gets one trial before any gets a second.
 */
export function byPriority(placed: readonly PlacedTrial[], report: Report): readonly PlacedTrial[] {
  const flipped = flippedTasks(report);
  return cellsOf(placed)
    .flatMap((cell) => turns(cell, flipped))
    .sort(
      (a, b) => a.group - b.group || a.turn - b.turn || urgency(a.one) - urgency(b.one) || a.one.task - b.one.task || a.one.arm - b.one.arm,
    )
    .map(({ one }) => one);
}

type Turn = { readonly one: PlacedTrial; readonly turn: number; readonly group: number };

function cellsOf(placed: readonly PlacedTrial[]): readonly (readonly PlacedTrial[])[] {
  const cells = new Map<string, PlacedTrial[]>();
  for (const one of placed) {
    const key = `${one.task}/${one.arm}`;
    const cell = cells.get(key) ?? [];
    cells.set(key, cell);
    cell.push(one);
  }
  return [...cells.values()];
}

// The worst trial of a cell comes first and one that passed next, so that a reader can compare the two.
function turns(cell: readonly PlacedTrial[], flipped: ReadonlySet<string>): readonly Turn[] {
  const ordered = cell.toSorted((a, b) => urgency(a) - urgency(b) || a.trial.attempt - b.trial.attempt);
  const [worst] = ordered;
  const pass = ordered.find((one) => urgency(one) === CLEAN_PASS);
  const firsts = [...new Set([worst, pass])].filter((one) => one !== undefined);
  const inTurn = [...firsts, ...ordered.filter((one) => !firsts.includes(one))];
  return inTurn.map((one, turn) => {
    const isUrgent = urgency(one) < CLEAN_PASS || flipped.has(one.trial.taskId);
    return { one, turn, group: isUrgent ? 0 : one === pass ? 1 : 2 };
  });
}

const CLEAN_PASS = 3;

function urgency({ trial }: PlacedTrial): number {
  if (trial.tampered) return 0;
  if (trial.passed === false) return 1;
  return trial.passed === null ? 2 : CLEAN_PASS;
}

// Tasks that a comparison found better or worse; without a comparison, those on which any two arms differ.
function flippedTasks({ arms, comparisons }: Report): ReadonlySet<string> {
  if (comparisons.length > 0) return new Set(comparisons.flatMap(({ better, worse }) => [...better, ...worse]).map(({ taskId }) => taskId));
  const rates = new Map<string, Set<number>>();
  for (const { taskId, passed, trials } of arms.flatMap(({ perTask }) => perTask)) {
    if (trials === 0) continue;
    rates.set(taskId, (rates.get(taskId) ?? new Set()).add(passed / trials));
  }
  return new Set([...rates].filter(([, seen]) => seen.size > 1).map(([taskId]) => taskId));
}
