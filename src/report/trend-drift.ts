import type { TrendDrift, TrendLine } from "../analysis/trend.ts";
import { counted, formatP, formatRate } from "../core/format.ts";
import { oneLine } from "../core/printable.ts";
import { MIN_INFORMATIVE_TASKS, MIN_INFORMATIVE_TRIALS } from "../stats/drift.ts";

// Up to here "no drift shown" says little, since only a large change would have been found.
const FEW_RUNS = 3;

/** Explains the test behind the sentences on drift, for a note below them. */
export const DRIFT_NOTE =
  "Drift is tested at 5 %, task by task over the runs shown (Cochran-Mantel-Haenszel): of 20 arms that never changed, about one appears to drift.";

/** Says in plain words whether an arm's pass rate drifted over its runs, with one text for each set of tasks that several runs share. */
export function driftTexts({ drift, points }: TrendLine): readonly string[] {
  if (drift.length === 0) {
    return points.length < 2 ? [] : ["Drift cannot be tested: no two of these runs have the same tasks."];
  }
  return drift.map((each) =>
    driftText(each, drift.length === 1 ? "" : ` (suite ${oneLine(each.suite)}, from run ${oneLine(each.runIds[0] ?? "")})`),
  );
}

function driftText(drift: TrendDrift, which: string): string {
  const { runIds, lowestPassRate, highestPassRate, armChanged, conclusion, p, informativeTasks, informativeTrials } = drift;
  const runs = `${counted(runIds.length, "run")} of the same tasks${which}`;
  const range = `pass rates between ${formatRate(lowestPassRate)} and ${formatRate(highestPassRate)}`;
  if (conclusion === "too-few-results" || p === null) {
    const found = `${counted(informativeTasks, "task")} with ${counted(informativeTrials, "trial")}`;
    return `Too few results to test for drift over ${runs}: it takes ${MIN_INFORMATIVE_TASKS} tasks that both passed and failed, with ${MIN_INFORMATIVE_TRIALS} trials in all; here ${found}.`;
  }
  if (conclusion === "not-shown") {
    const few = runIds.length <= FEW_RUNS ? " With so few runs only a large change would show." : "";
    return `No drift shown over ${runs}: ${range} differ by no more than chance explains (${formatP(p)}).${few}`;
  }
  const cause = armChanged
    ? "The arm itself changed between them (*), which may be the cause."
    : "The arm is the same in all of them, so the model behind its name, the sandbox or the grading may have changed.";
  return `The pass rate drifted over ${runs}: ${range} differ by more than chance explains (${formatP(p)}). ${cause}`;
}
