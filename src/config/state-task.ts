import { z } from "zod";
import { UserError } from "../core/errors.ts";
import type { Machine, StateGrading, Task, TestPlan } from "../core/task.ts";
import { isThere, readTree } from "../files/folder.ts";
import { type Place, placeInside, shown } from "../files/place.ts";
import { MAX_PATH } from "./test-plan.ts";

const MAX_MB = 1_048_576;
const STORAGE_MB = 10_240;
const TEST_SCRIPT = "test.sh";
const SOLUTION_SCRIPT = "solve.sh";

/** Schema of what a task says of a machine of its own. */
export const machineSchema = z
  .strictObject({
    user: z
      .union([z.string().min(1).max(MAX_PATH), z.int().min(0)])
      .transform(String)
      .describe("who commands run as, by name or number; default: the image's user"),
    workdir: z
      .string()
      .max(MAX_PATH)
      .regex(/^\/[^/]/, "expected an absolute path, such as /app")
      .describe("where the agent works and the workspace is laid; default: the image's"),
    storage_mb: z.int().min(1).max(MAX_MB).describe("how much may be written to its file system"),
    env: z.record(z.string().min(1).max(MAX_PATH), z.string()),
  })
  .partial();

/** What a task is graded by, as its file says. */
export type StateYaml = { readonly grading?: "files" | "state" | undefined; readonly machine?: z.output<typeof machineSchema> | undefined };

/** Gives the parts of a task whose state is graded; nothing for one whose files are. Throws UserError naming the field at fault. */
export function stateParts(
  folder: Place,
  { grading, machine = {} }: StateYaml,
  tests: TestPlan,
): Partial<Pick<Task, "machine" | "state" | "tests">> {
  if (grading !== "state") return {};
  if (tests.runner !== "exit-status")
    throw new UserError(
      `Cannot load task "${shown(folder.path)}": "grading: state" has tests/${TEST_SCRIPT}, which leaves a reward, and tests.runner is "${tests.runner}"; write exit-status`,
    );
  if (!isThere(placeInside(folder, `tests/${TEST_SCRIPT}`)))
    throw new UserError(`Cannot load task "${shown(folder.path)}": "grading: state" runs tests/${TEST_SCRIPT}, which is missing; add it`);
  return { machine: machineOf(machine), state: stateOf(folder), tests: { ...tests, files: [TEST_SCRIPT], isolation: "none" } };
}

function machineOf({ user, workdir, storage_mb, env = {} }: NonNullable<StateYaml["machine"]>): Machine {
  return { user: user ?? null, workdir: workdir ?? null, storageMb: storage_mb ?? STORAGE_MB, env, healthcheck: null };
}

function stateOf(folder: Place): StateGrading {
  const hasSolution = isThere(placeInside(folder, `solution/${SOLUTION_SCRIPT}`));
  return {
    tests: { folder: "/tests", path: TEST_SCRIPT, user: null, env: {} },
    result: "reward",
    passAt: 1,
    solution: hasSolution ? { folder: "/solution", path: SOLUTION_SCRIPT, user: null, env: {} } : null,
  };
}

/** Gives the files of the script that solves such a task. */
export function stateFiles(folder: Place, { grading }: StateYaml): Partial<Task["files"]> {
  if (grading !== "state") return {};
  return { reference: async () => null, wrong: async () => [], solution: async () => [...readTree(placeInside(folder, "solution"))] };
}
