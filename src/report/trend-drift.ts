import type { TrendDrift, TrendLine, TrendPoint } from "../analysis/trend.ts";
import { counted, formatP, formatRate } from "../core/format.ts";
import { oneLine } from "../core/printable.ts";
import { MIN_INFORMATIVE_TASKS, MIN_INFORMATIVE_TRIALS } from "../stats/drift.ts";
import { trialFlawWords } from "./trial-flaw-words.ts";

// Up to here "no drift shown" says little, since only a large change would have been found.
const FEW_RUNS = 3;

/** Explains the tests behind the sentences on drift, for a note below them. */
export const DRIFT_NOTE =
  "Drift is tested at 5 % in all, task by task over the runs shown: two runs exactly; more by Cochran-Mantel-Haenszel, and the newest against the earlier ones exactly, at half of it each. Of 20 arms that never changed, about one appears to drift.";

/** Says in plain words whether an arm's pass rate drifted over its runs, and whether the newest run differs, for each set of tasks that several runs share. */
export function driftTexts({ drift, points }: TrendLine): readonly string[] {
  if (drift.length === 0) {
    return points.length < 2 ? [] : ["Drift cannot be tested: no two of these runs have the same tasks."];
  }
  return drift.flatMap((each) => {
    const which = drift.length === 1 ? "" : ` (suite ${oneLine(each.suite)}, from run ${oneLine(each.runIds[0] ?? "")})`;
    return [driftText(each, which), ...newestText(each)];
  });
}

function driftText(drift: TrendDrift, which: string): string {
  const { runIds, lowestPassRate, highestPassRate, armChanged, conclusion, p } = drift;
  const runs = `${counted(runIds.length, "run")} of the same tasks${which}`;
  const range = `pass rates between ${formatRate(lowestPassRate)} and ${formatRate(highestPassRate)}`;
  if (conclusion === "too-few-results" || p === null) return `Too few results to test for drift over ${runs}: ${gapWords(drift)}.`;
  if (conclusion === "not-shown") {
    const few = runIds.length <= FEW_RUNS ? " With so few runs only a large change would show." : "";
    return `No drift shown over ${runs}: ${range} differ by no more than chance explains (${formatP(p)}).${few}`;
  }
  const cause = armChanged
    ? "The arm itself changed between them (*), which may be the cause."
    : "The arm is the same in all of them, so the model behind its name, the sandbox or the grading may have changed.";
  return `The pass rate drifted over ${runs}: ${range} differ by more than chance explains (${formatP(p)}). ${cause}`;
}

function gapWords({ test, informativeTasks, informativeTrials }: TrendDrift): string {
  if (informativeTasks === 0) return "no task both passed and failed in them, and only such tasks tell anything";
  const found = `${counted(informativeTasks, "task")} with ${counted(informativeTrials, "trial")}`;
  return test === "exact-conditional"
    ? `only tasks that both passed and failed tell anything, and no result of these ${found} could show it`
    : `it takes ${MIN_INFORMATIVE_TASKS} tasks that both passed and failed, with ${MIN_INFORMATIVE_TRIALS} trials in all; here ${found}`;
}

function newestText({ newest, runIds }: TrendDrift): readonly string[] {
  if (newest === null) return [];
  const { conclusion, p, before, after, tasks } = newest;
  const earlier = `the ${runIds.length - 1} runs before it`;
  if (conclusion === "too-few-results") return [`No result of the newest run could show a change from ${earlier}: too few results.`];
  const figures = `${formatRate(after)} against ${formatRate(before)} on ${counted(tasks, "task")}`;
  if (conclusion === "not-shown")
    return [
      `The newest run is not shown to differ from ${earlier}: ${figures} is no more than chance explains (${formatP(p)}${p < 2 * SHARE ? `, above its ${SHARE}` : ""}).`,
    ];
  return [`The newest run passes ${after < before ? "less" : "more"} than ${earlier}: ${figures} (${formatP(p)}).`];
}

const MAX_FLAWED = 5;
// Of the risk of 5 %, half is that of the newest run.
const SHARE = 0.025;

/** Names the runs of a line in which trials ended in errors or were tampered with, a note for each. */
export function runFlawTexts({ points }: TrendLine): readonly string[] {
  const flawed = points.filter((point) => flawWords(point).length > 0);
  const texts = flawed.slice(0, MAX_FLAWED).map((point) => `! ${oneLine(point.runId)}: ${flawWords(point).join(", ")}`);
  return flawed.length > MAX_FLAWED ? [...texts, `! and ${counted(flawed.length - MAX_FLAWED, "more run")}; --json has all`] : texts;
}

/** Gives the marks of a run in a table: a star where the arm changed, an exclamation mark where its trials had errors or tampering, or are not all there. */
export function runMarks(point: TrendPoint): string {
  const isFlawed = point.unfinished !== null || flawWords(point).length > 0;
  return (point.armChanged ? "*" : "") + (isFlawed ? "!" : "");
}

// What is not finished is told by itself.
function flawWords({ trials, errors, tampered }: TrendPoint): readonly string[] {
  return trialFlawWords({ graded: trials, planned: trials, errors, tampered });
}
