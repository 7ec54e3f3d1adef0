import { z } from "zod";
import type { FieldPath } from "../../config/field-issue.ts";
import { lineOfKey, readToml } from "../../config/toml-file.ts";
import { unknownKeys } from "../../config/unknown-keys.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { type UnusedSetting, unknownSettings } from "../unused-settings.ts";

// Far more than any task has: larger values are typing errors.
const MAX_SECONDS = 604_800;
const MAX_MB = 1_048_576;
const MAX_NAME = 1000;

const seconds = z.number().positive().max(MAX_SECONDS);
const user = z.union([z.string().min(1), z.int().min(0)]).transform(String);
const variables = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]).transform(String));
const networkMode = z.enum(["public", "no-network", "allowlist"]);
const hosts = z.array(z.string());
// Some tools write a table in place of the two keys.
// Others write an address range of machines of their own, which says nothing about the network of the task.
const network = z.union([
  z.looseObject({ mode: networkMode.optional(), allowed_hosts: hosts.optional() }),
  z.string().transform(() => ({ mode: undefined, allowed_hosts: undefined })),
]);
const asked = { network_mode: networkMode.optional(), allowed_hosts: hosts.optional(), network: network.optional() };
// Sizes such as 2G, as the first version wrote them.
const size = z.string().regex(/^\d{1,7}(?:\.\d{1,3})?\s?[KMGT]?i?B?$/i, 'expected a size, such as "2G"');

const healthcheck = z.looseObject({
  command: z.string().min(1),
  interval_sec: seconds.default(5),
  timeout_sec: seconds.default(30),
  start_period_sec: z.number().min(0).max(MAX_SECONDS).default(0),
  start_interval_sec: seconds.optional(),
  retries: z.int().min(1).max(1000).default(3),
});

const mcpServer = z.looseObject({
  name: z.string().min(1).max(MAX_NAME),
  transport: z.string().nullish(),
  command: z.string().nullish(),
  args: z.array(z.string()).nullish(),
  url: z.string().nullish(),
});

const environment = z.looseObject({
  build_timeout_sec: seconds.optional(),
  docker_image: z.string().min(1).max(1000).nullish(),
  cpus: z.number().positive().max(1024).optional(),
  memory_mb: z.int().min(64).max(MAX_MB).optional(),
  storage_mb: z.int().min(1).max(MAX_MB).optional(),
  memory: size.optional(),
  storage: size.optional(),
  gpus: z.int().min(0).nullish(),
  gpu_types: z.array(z.string()).nullish(),
  allow_internet: z.boolean().optional(),
  ...asked,
  env: variables.optional(),
  mcp_servers: z.array(mcpServer).nullish(),
  skills_dir: z.string().nullish(),
  healthcheck: healthcheck.nullish(),
  // Of tools with machines of their own; said where a task has no image.
  type: z.string().nullish(),
  os: z.string().nullish(),
  workdir: z.string().nullish(),
});

const schema = z.looseObject({
  schema_version: z.union([z.string(), z.number()]).optional(),
  version: z.union([z.string(), z.number()]).optional(),
  task: z
    .looseObject({
      name: z.string().optional(),
      version: z.string().optional(),
      description: z.string().optional(),
      authors: z.array(z.unknown()).optional(),
      keywords: z.array(z.string()).optional(),
    })
    .optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  agent: z.looseObject({ timeout_sec: seconds.nullish(), user: user.nullish(), ...asked }).optional(),
  verifier: z
    .looseObject({
      timeout_sec: seconds.nullish(),
      env: variables.optional(),
      user: user.nullish(),
      ...asked,
      environment_mode: z.enum(["shared", "separate"]).nullish(),
      environment: environment.nullish(),
      collect: z.array(z.unknown()).optional(),
    })
    .optional(),
  environment: environment.optional(),
  solution: z.looseObject({ env: variables.optional() }).optional(),
  artifacts: z.array(z.unknown()).optional(),
  steps: z.array(z.unknown()).optional(),
});

/** The settings of a task in Harbor's format, in the spellings of today and of earlier versions. */
export type TaskToml = z.output<typeof schema>;

/** The name of the file that makes a folder a task. */
export const TASK_FILE = "task.toml";

/** What a task.toml says, and what of it has no effect here. */
export type ReadToml = { readonly toml: TaskToml; readonly unused: readonly UnusedSetting[] };

/** Reads the settings of the task in a folder; throws UserError naming the file, the line and the field at fault. */
export function readTaskToml(folder: Place): ReadToml {
  const place = placeInside(folder, TASK_FILE);
  const { value, written, text } = readToml(place, schema);
  const where = ({ path }: { readonly path: FieldPath }) => `"${shown(place.path)}" line ${lineOfKey(text, path)}`;
  const known = UNUSED.filter(({ isSet }) => isSet(value)).map(({ path, reason }) => ({
    setting: path.join("."),
    where: where({ path }),
    reason,
  }));
  return { toml: value, unused: [...unknownSettings(unknownKeys(schema, written), where), ...known] };
}

/** Settings of the format that are read and have no effect here. */
const UNUSED: readonly { readonly path: readonly string[]; readonly reason: string; readonly isSet: (toml: TaskToml) => boolean }[] = [
  {
    path: ["environment", "skills_dir"],
    reason: "since agents here are given no skills",
    isSet: ({ environment }) => (environment?.skills_dir ?? "") !== "",
  },
  {
    path: ["environment", "healthcheck", "start_interval_sec"],
    reason: "since checks are interval_sec apart from the start",
    isSet: ({ environment }) => environment?.healthcheck?.start_interval_sec !== undefined,
  },
  {
    path: ["verifier", "collect"],
    reason: "since rewards are all that is taken from tests",
    isSet: ({ verifier }) => (verifier?.collect ?? []).length > 0,
  },
  { path: ["artifacts"], reason: "since no files are kept of a machine", isSet: ({ artifacts = [] }) => artifacts.length > 0 },
];

/** How much of something a task asks for, in megabytes, in the spelling of today or that of the first version. */
export function megabytes(today: number | undefined, first: string | undefined): number | undefined {
  if (today !== undefined || first === undefined) return today;
  const [, digits = "", unit = ""] = /^([\d.]+)\s?([KMGT]?)/i.exec(first) ?? [];
  const factor = { "": 1 / 1_048_576, K: 1 / 1024, M: 1, G: 1024, T: 1_048_576 }[unit.toUpperCase()] ?? 1;
  return Math.max(1, Math.round(Number(digits) * factor));
}
