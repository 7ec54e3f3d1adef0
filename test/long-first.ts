import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take a minute or more, the longest first. Where nothing is known of earlier runs, vitest starts with the files that have the most bytes;
 * a short file with long tests would run alone at the end.
 */
const LONG = [
  "cheats/cheats",
  "tasks/starter-sound",
  "command/gate/sequential-gate",
  "grade/node-fidelity",
  "command/run/run",
  "cheats/twin",
  "sandbox/docker/gvisor",
  "command/sandbox/image-question",
  "faults/budget",
  "run/aimock",
  "faults/sigkill",
  "faults/kill-points",
  "faults/caps",
];

/** Starts long test files before all others of their project. */
export class LongFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((project) => sorted.filter((one) => one.project === project).toSorted((a, b) => rank(a) - rank(b)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return place === -1 ? LONG.length : place;
}
