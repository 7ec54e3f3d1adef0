import fc from "fast-check";
import type { PairedTask } from "../../src/stats/paired.ts";

/** Any suite of at least two tasks, each tried up to `most` times on either side. */
export function anySuite(most = 5): fc.Arbitrary<readonly PairedTask[]> {
  const count = fc
    .integer({ min: 1, max: most })
    .chain((trials) => fc.record({ passed: fc.integer({ min: 0, max: trials }), trials: fc.constant(trials) }));
  return fc.array(fc.record({ baseline: count, candidate: count }), { minLength: 2, maxLength: 60 });
}

/** A suite with the same single-attempt outcomes as these counts of tasks. */
export function singleAttempts(tables: {
  readonly both: number;
  readonly baselineOnly: number;
  readonly candidateOnly: number;
  readonly neither: number;
}): readonly PairedTask[] {
  const tasks = (count: number, before: number, after: number): readonly PairedTask[] =>
    Array.from({ length: count }, () => ({ baseline: { passed: before, trials: 1 }, candidate: { passed: after, trials: 1 } }));
  return [
    ...tasks(tables.both, 1, 1),
    ...tasks(tables.baselineOnly, 1, 0),
    ...tasks(tables.candidateOnly, 0, 1),
    ...tasks(tables.neither, 0, 0),
  ];
}
