import { z } from "zod";
import type { FieldPath } from "../../config/field-issue.ts";
import { unknownKeys } from "../../config/unknown-keys.ts";
import { readYamlFile } from "../../config/yaml-file.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { networkOfTests, type Obstacle, severalMachines } from "../obstacle.ts";
import { type UnusedSetting, unknownSettings } from "../unused-settings.ts";
import type { Compose } from "./compose.ts";

const MAX_SECONDS = 604_800;
const seconds = z.number().positive().max(MAX_SECONDS);

// What is only shown may be a number, too.
const word = z.union([z.string(), z.number()]).transform(String);

const schema = z.looseObject({
  // Of no effect on a result.
  author_name: z.unknown().optional(),
  author_email: z.unknown().optional(),
  estimated_duration_sec: z.unknown().optional(),
  expert_time_estimate_min: z.unknown().optional(),
  junior_time_estimate_min: z.unknown().optional(),
  disable_asciinema: z.unknown().optional(),
  run_tests_in_same_shell: z.boolean().optional(),
  instruction: z.string().min(1),
  parser_name: z.string().default("pytest"),
  max_agent_timeout_sec: seconds.optional(),
  max_test_timeout_sec: seconds.default(60),
  difficulty: word.optional(),
  category: word.optional(),
  tags: z.array(word).default([]),
});

/** The settings of a task in the format of Terminal-Bench 1. */
export type TaskYaml = z.output<typeof schema>;

/** The name of the file that makes a folder a task. */
export const TASK_FILE = "task.yaml";
/** The program of its tests. */
export const TEST_SCRIPT = "run-tests.sh";

/** What a task.yaml says, and what of it has no effect here. */
export type ReadYaml = { readonly yaml: TaskYaml; readonly unused: readonly UnusedSetting[] };

/** Reads the settings of the task in a folder; throws UserError naming the file, the line and the field at fault. */
export function readTaskYaml(folder: Place): ReadYaml {
  const place = placeInside(folder, TASK_FILE);
  const { value, written, lineOf } = readYamlFile(place, schema);
  const where = ({ path }: { readonly path: FieldPath }) => `"${shown(place.path)}" line ${lineOf(path)}`;
  const shell = { setting: SAME_SHELL, where: where({ path: [SAME_SHELL] }), reason: "since tests have a shell of their own" };
  return { yaml: value, unused: [...unknownSettings(unknownKeys(schema, written), where), ...(value[SAME_SHELL] ? [shell] : [])] };
}

const SAME_SHELL = "run_tests_in_same_shell";

/** Finds why a task of this format cannot run in a sandbox without network; null for one that can. */
export function obstacleOf(folder: Place, { parser_name: parser }: TaskYaml, { services }: Compose): Obstacle | null {
  if (parser !== "pytest") return { kind: "parser", reason: `what its tests print is read by the parser "${parser}", which is not here` };
  return services.length > 1 ? severalMachines(services) : networkOfTests(folder, TEST_SCRIPT);
}
