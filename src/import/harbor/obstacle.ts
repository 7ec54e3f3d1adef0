import { z } from "zod";
import { readYaml } from "../../config/yaml-file.ts";
import { printable } from "../../core/printable.ts";
import { isThere } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";
import { networkOfTests, type Obstacle, severalMachines } from "../obstacle.ts";
import type { TaskToml } from "./task-toml.ts";

const COMPOSE = ["environment/docker-compose.yaml", "environment/docker-compose.yml"];
const composeSchema = z.looseObject({ services: z.record(z.string(), z.unknown()).optional() });
const VARIABLE = /\$\{([A-Za-z_]\w{0,99})\}/;
const MAX_NAMED = 3;
const MAX_SHOWN = 100;

/** Finds why a task of Harbor's format cannot run in a sandbox without network; null for one that can. */
export function obstacleOf(folder: Place, toml: TaskToml): Obstacle | null {
  const { environment = {}, verifier = {}, steps = [] } = toml;
  if (steps.length > 0) return { kind: "several steps", reason: "tasks of several steps are not run here" };
  if ((environment.gpus ?? 0) > 0) return { kind: "GPU", reason: "sandboxes have no GPU" };
  if ((environment.os ?? "linux").toLowerCase() !== "linux")
    return { kind: "Windows", reason: "it needs Windows, and sandboxes run Linux" };
  const remote = (environment.mcp_servers ?? []).find(({ command }) => (command ?? "") === "");
  if (remote !== undefined)
    return {
      kind: "MCP",
      reason: `its MCP server "${printable(remote.name, MAX_SHOWN)}" is reached over a network, which sandboxes do not have`,
    };
  const compose = COMPOSE.map((path) => placeInside(folder, path)).find(isThere);
  if (compose !== undefined) return machinesOf(compose);
  const hasImage = (environment.docker_image ?? null) !== null || isThere(placeInside(folder, "environment/Dockerfile"));
  if (!hasImage) return { kind: "no image", reason: `it has neither a Dockerfile nor a docker_image${typeOf(environment)}` };
  if (verifier.environment_mode === "separate")
    return { kind: "separate verifier", reason: "tests in an image of their own are not run here" };
  return askedVariable(toml) ?? askedNetwork(folder, toml);
}

// Some tools have machines of their own.
function typeOf({ type }: NonNullable<TaskToml["environment"]>): string {
  return typeof type === "string" ? `: its environment is of the type "${printable(type)}"` : "";
}

function machinesOf(compose: Place): Obstacle {
  const names = Object.keys(readYaml(compose, composeSchema).services ?? {});
  if (names.length > 1) return severalMachines(names);
  return {
    kind: "docker-compose",
    reason: "it describes its machine in a docker-compose file, and machines here are made by task.toml and a Dockerfile alone",
  };
}

// Keys of the user's own machine never go into a sandbox.
function askedVariable({ environment, verifier, solution }: TaskToml): Obstacle | null {
  const values = [environment?.env, verifier?.env, solution?.env].flatMap((env) => Object.values(env ?? {}));
  const name = values.map((value) => VARIABLE.exec(value)?.[1]).find((found) => found !== undefined);
  return name === undefined
    ? null
    : { kind: "variables", reason: `it asks for the variable ${name} of this machine, which no sandbox gets` };
}

function askedNetwork(folder: Place, { agent, verifier }: TaskToml): Obstacle | null {
  const ofAgent = askedOf(agent);
  if (ofAgent !== null) return { kind: "network", reason: `its agent asks for the network (${ofAgent}), which no sandbox has` };
  const ofTests = askedOf(verifier);
  if (ofTests !== null) return { kind: "network", reason: `its tests ask for the network (${ofTests}), which no sandbox has` };
  return networkOfTests(folder, "tests/test.sh");
}

type Asking = {
  readonly network_mode?: string | undefined;
  readonly allowed_hosts?: readonly string[] | undefined;
  readonly network?: { readonly mode?: string | undefined; readonly allowed_hosts?: readonly string[] | undefined } | undefined;
};

function askedOf(part: Asking | undefined): string | null {
  const mode = part?.network_mode ?? part?.network?.mode;
  if (mode === "public") return mode;
  if (mode !== "allowlist") return null;
  const hosts = part?.allowed_hosts ?? part?.network?.allowed_hosts ?? [];
  return hosts.length === 0
    ? mode
    : hosts.slice(0, MAX_NAMED).join(", ") + (hosts.length > MAX_NAMED ? ` and ${hosts.length - MAX_NAMED} more` : "");
}

/** Fills in the defaults of variables that are written like those of a shell; what has none was an obstacle. */
export function withDefaults(env: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env ?? {}).map(([name, value]) => [name, value.replace(/\$\{[A-Za-z_]\w{0,99}:?-([^}]{0,1000})\}/g, "$1")]),
  );
}
