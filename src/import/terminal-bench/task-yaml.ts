import { z } from "zod";
import { readYaml } from "../../config/yaml-file.ts";
import { readText } from "../../files/file.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";
import { networkNeed } from "../harbor/network-need.ts";
import type { Obstacle } from "../task-folders.ts";

const MAX_SECONDS = 604_800;
const seconds = z.number().positive().max(MAX_SECONDS);

const schema = z.looseObject({
  instruction: z.string().min(1),
  parser_name: z.string().default("pytest"),
  max_agent_timeout_sec: seconds.optional(),
  max_test_timeout_sec: seconds.default(60),
  difficulty: z.string().optional(),
  category: z.string().optional(),
  tags: z.array(z.string()).default([]),
});
const composeSchema = z.looseObject({ services: z.record(z.string(), z.unknown()).optional() });

/** The settings of a task in the format of Terminal-Bench 1. */
export type TaskYaml = z.output<typeof schema>;

/** The name of the file that makes a folder a task. */
export const TASK_FILE = "task.yaml";
/** The program of its tests. */
export const TEST_SCRIPT = "run-tests.sh";

/** Reads the settings of the task in a folder; throws UserError naming the file, the line and the field at fault. */
export function readTaskYaml(folder: Place): TaskYaml {
  return readYaml(placeInside(folder, TASK_FILE), schema);
}

/** Finds why a task of this format cannot run in a sandbox without network; null for one that can. */
export function obstacleOf(folder: Place, { parser_name: parser }: TaskYaml): Obstacle | null {
  if (parser !== "pytest") return { kind: "parser", reason: `what its tests print is read by the parser "${parser}", which is not here` };
  const compose = placeInside(folder, "docker-compose.yaml");
  const services = isThere(compose) ? Object.keys(readYaml(compose, composeSchema).services ?? {}) : [];
  if (services.length > 1)
    return { kind: "docker-compose", reason: `a task is one machine here, and it describes ${services.slice(0, 3).join(", ")}` };
  const script = placeInside(folder, TEST_SCRIPT);
  const need = isThere(script) ? networkNeed(readText(script)) : null;
  return need === null
    ? null
    : { kind: "network", reason: `its tests install or load something over the network (${need}); put that into its image` };
}
