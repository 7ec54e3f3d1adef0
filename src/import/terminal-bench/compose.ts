import { z } from "zod";
import type { FieldPath } from "../../config/field-issue.ts";
import { readYamlFile, type YamlFile } from "../../config/yaml-file.ts";
import type { SandboxLimits } from "../../core/task.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { megabytes } from "../harbor/task-toml.ts";
import type { UnusedSetting } from "../unused-settings.ts";

const COMPOSE_FILE = "docker-compose.yaml";
const MAX_CPUS = 1024;
const amount = z
  .union([z.number(), z.string().regex(/^\d{1,4}(?:\.\d{1,3})?$/, "expected a number of processors")])
  .transform(Number)
  .refine((value) => value > 0 && value <= MAX_CPUS, `expected more than 0 and at most ${MAX_CPUS}`);
const size = z.string().regex(/^\d{1,7}(?:\.\d{1,3})?\s?[KMGT]?i?B?$/i, 'expected a size, such as "2G"');
const serviceSchema = z.looseObject({
  build: z.union([z.string(), z.looseObject({ context: z.string().optional(), dockerfile: z.string().optional() })]).optional(),
  environment: z.union([z.array(z.string()), z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))]).optional(),
  deploy: z
    .looseObject({
      resources: z.looseObject({ limits: z.looseObject({ cpus: amount.optional(), memory: size.optional() }).optional() }).optional(),
    })
    .optional(),
  cpus: amount.optional(),
  mem_limit: size.optional(),
  volumes: z.array(z.unknown()).optional(),
  working_dir: z.string().regex(/^\//, "expected an absolute path, such as /app").optional(),
});
const schema = z.looseObject({ services: z.record(z.string(), serviceSchema.nullable()).optional() });

type Service = z.output<typeof serviceSchema>;

/** What a task's docker-compose file says of its machine; `services` are the names of all machines that it describes. */
export type Compose = {
  readonly services: readonly string[];
  readonly workdir: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Partial<Pick<SandboxLimits, "cpus" | "memoryMb">>;
  readonly unused: readonly UnusedSetting[];
};

const NOTHING: Compose = { services: [], workdir: null, env: {}, limits: {}, unused: [] };
// What only keeps the machine open for its harness, or is set by that.
const WITHOUT_EFFECT = new Set(["container_name", "image", "command", "tty", "stdin_open", "init", "stop_grace_period", "hostname"]);
const USED = new Set(["build", "environment", "volumes", "working_dir", "deploy", "cpus", "mem_limit"]);
// Variables that the format's own harness fills in, such as where it mounts its logs.
const OF_HARNESS = /\$\{(?:T_BENCH|COMPOSE)_\w{1,100}\}/;

/** Reads the docker-compose file of a task where it has one. Throws UserError naming the file, the line and the field at fault. */
export function readCompose(folder: Place): Compose {
  const place = placeInside(folder, COMPOSE_FILE);
  if (!isThere(place)) return NOTHING;
  const file = readYamlFile(place, schema);
  const services = Object.entries(file.value.services ?? {});
  const [first] = services;
  const names = services.map(([name]) => name);
  if (first === undefined || services.length > 1) return { ...NOTHING, services: names };
  const [name, service] = first;
  const variables = variablesOf(service ?? {});
  return {
    services: names,
    workdir: service?.working_dir ?? null,
    env: Object.fromEntries(variables.filter(([, value]) => !value.includes("${"))),
    limits: limitsOf(service ?? {}),
    unused: service === null ? [] : unusedIn(service, { name, variables, file, place }),
  };
}

function limitsOf({ deploy, cpus, mem_limit }: Service): Compose["limits"] {
  const { limits = {} } = deploy?.resources ?? {};
  const processors = limits.cpus ?? cpus;
  const memoryMb = megabytes(undefined, limits.memory ?? mem_limit);
  return { ...(processors === undefined ? {} : { cpus: processors }), ...(memoryMb === undefined ? {} : { memoryMb }) };
}

type Reading = {
  readonly name: string;
  readonly variables: readonly (readonly [string, string])[];
  readonly file: YamlFile<unknown>;
  readonly place: Place;
};

function unusedIn(service: Service, { name, variables, file, place }: Reading): readonly UnusedSetting[] {
  const unused = (path: readonly string[], reason: string): UnusedSetting => {
    const whole: FieldPath = ["services", name, ...path];
    return { setting: path.join("."), where: `"${shown(place.path)}" line ${file.lineOf(whole)}`, reason };
  };
  const others = Object.keys(service).filter((key) => !USED.has(key) && !WITHOUT_EFFECT.has(key));
  const { build } = service;
  const folder = typeof build === "string" ? build : (build?.context ?? ".");
  const dockerfile = typeof build === "object" ? (build.dockerfile ?? "Dockerfile") : "Dockerfile";
  const isOwnFile = /^\.?\/?$/.test(folder) && /^(?:\.\/)?Dockerfile$/.test(dockerfile);
  return [
    ...others.map((key) => unused([key], "since machines here are made by task.yaml and the Dockerfile")),
    ...(isOwnFile ? [] : [unused(["build"], "since the Dockerfile of the task's own folder is built")]),
    ...((service.volumes ?? []).every((volume) => OF_HARNESS.test(String(volume)))
      ? []
      : [unused(["volumes"], "since nothing of this machine is in a sandbox")]),
    ...variables
      .filter(([, value]) => value.includes("${") && !OF_HARNESS.test(value))
      .map(([variable]) => unused(["environment"], `since ${variable} would come from this machine`)),
  ];
}

function variablesOf({ environment = [] }: Service): readonly (readonly [string, string])[] {
  if (!Array.isArray(environment)) return Object.entries(environment).map(([name, value]) => [name, String(value ?? "")]);
  return environment.map((text) => {
    const at = text.indexOf("=");
    return at === -1 ? [text, `\${${text}}`] : [text.slice(0, at), text.slice(at + 1)];
  });
}
