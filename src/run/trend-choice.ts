import { makeTrend, type Trend } from "../analysis/trend.ts";
import { UserError } from "../core/errors.ts";
import { wildcard } from "../core/glob.ts";
import type { KnownArm } from "../core/history.ts";
import type { SeriesChoice } from "../store/read/history-reader.ts";
import type { Store } from "../store/store.ts";

/** Makes the trend of the arms that the user named. Throws UserError when no arm matches, or none of its runs has a graded trial. */
export function trendOf(store: Store, name: string, choice: Omit<SeriesChoice, "names">): Trend {
  const known = store.arms.known();
  const own = matching(known, name).map((arm) => arm.name);
  const names = [...new Set(own.length > 0 ? own : baselineNames(store, name))];
  if (names.length === 0) throw new UserError(`Cannot find arm "${name}": no run has it, and no baseline has this name; ${choices(known)}`);
  const points = store.history.series({ ...choice, names });
  if (points.length === 0)
    throw new UserError(
      `Cannot show the trend of "${name}": no run${choice.suite === null ? "" : ` of suite "${choice.suite}"`} has a graded trial of it; see "bench list"`,
    );
  return makeTrend(points);
}

// A baseline of a whole run names every arm of that run.
function baselineNames(store: Store, name: string): readonly string[] {
  const baseline = store.runs.baseline(name);
  if (!baseline) return [];
  const arms = store.arms.ofRun(baseline.runId);
  return arms.filter(({ armId }) => baseline.armId === null || armId === baseline.armId).map((arm) => arm.name);
}

// The name of an arm takes precedence over a model or a prompt of that name.
function matching(known: readonly KnownArm[], name: string): readonly KnownArm[] {
  const pattern = wildcard(name);
  const byName = known.filter((arm) => pattern.test(arm.name));
  return byName.length > 0 ? byName : known.filter((arm) => pattern.test(arm.model) || pattern.test(arm.prompt));
}

function choices(known: readonly KnownArm[]): string {
  const names = [...new Set(known.map((arm) => arm.name))];
  if (names.length === 0) return "the database has no run; start one with bench run";
  return `choose from ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""}`;
}
