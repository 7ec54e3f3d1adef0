import { type Unchanging, unchanging } from "../../core/digest.ts";
import { UserError } from "../../core/errors.ts";
import type { LoadOptions } from "../../core/suite.ts";
import { DEFAULT_LIMITS, type Machine, type StateGrading, type Task } from "../../core/task.ts";
import { readText } from "../../files/file.ts";
import { isThere, readFolder } from "../../files/folder.ts";
import { type Place, placeInside, shown } from "../../files/place.ts";
import { environmentImage } from "../environment-image.ts";
import { planOf, stateTask } from "../state-task.ts";
import { withDefaults } from "./obstacle.ts";
import { megabytes, type TaskToml } from "./task-toml.ts";

/** Where a task of Harbor's format is, and how its suite loads it. */
export type HarborOptions = LoadOptions & { readonly id: string; readonly suite: string };

/** A task, and the bases of its Dockerfile that others stand in for. */
export type LoadedHarbor = { readonly task: Task; readonly replaced: readonly string[] };

/** What the format says where a task says nothing. */
const DEFAULTS = { memoryMb: 2048, cpus: 1, storageMb: 10_240, testSeconds: 600 };
/** The format has no bound on processes; this one is far above what tests need. */
const PIDS = 2048;
const MAX_SERVER_NAME = 30;
const TEST_SCRIPT = "test.sh";
const SOLUTION_SCRIPT = "solve.sh";

/** Loads a task in Harbor's format; throws UserError naming the file at fault. */
export function loadHarborTask(folder: Place, toml: TaskToml, options: HarborOptions): LoadedHarbor {
  const instruction = placeInside(folder, "instruction.md");
  const prompt = readText(instruction).trim();
  if (prompt === "") throw new UserError(`Cannot load "${shown(instruction.path)}": it is empty; write the task for the model in it`);
  const script = placeInside(folder, `tests/${TEST_SCRIPT}`);
  if (!isThere(script)) throw new UserError(`Cannot load "${shown(folder.path)}": it has no tests/${TEST_SCRIPT}; add it`);
  const { replaced, ...image } = imageOf(folder, toml, options);
  const tests = folderOf(folder, "tests");
  const hasSolution = isThere(placeInside(folder, `solution/${SOLUTION_SCRIPT}`));
  const task = {
    id: options.id,
    suite: options.suite,
    title: toml.task?.name ?? options.id,
    prompt,
    tags: tagsOf(toml),
    ...image,
    sandbox: limitsOf(toml),
    ...(toml.agent?.timeout_sec == null ? {} : { agentSeconds: toml.agent.timeout_sec }),
    machine: machineOf(toml),
    ...serversOf(toml),
    state: stateOf(toml, hasSolution, options.passAt),
    deliver: { include: ["**"], exclude: [] },
    contextFiles: [],
    tests: planOf(toml.verifier?.timeout_sec ?? DEFAULTS.testSeconds, TEST_SCRIPT),
  };
  const solution = hasSolution ? () => readFolder(placeInside(folder, "solution")) : null;
  return { task: stateTask(task, { tests, solution }), replaced };
}

function imageOf(folder: Place, { environment }: TaskToml, { bases }: LoadOptions) {
  const named = environment?.docker_image ?? null;
  if (named === null) return environmentImage(placeInside(folder, "environment"), { bases, buildSeconds: environment?.build_timeout_sec });
  const base = bases.get(named);
  return { image: base ?? named, replaced: base === undefined ? [] : [named] };
}

function limitsOf({ environment = {} }: TaskToml): Task["sandbox"] {
  const memoryMb = megabytes(environment.memory_mb, environment.memory) ?? DEFAULTS.memoryMb;
  return { ...DEFAULT_LIMITS, memoryMb, cpus: environment.cpus ?? DEFAULTS.cpus, pids: PIDS };
}

function machineOf({ agent, environment = {} }: TaskToml): Machine {
  const check = environment.healthcheck ?? null;
  return {
    user: agent?.user ?? null,
    workdir: environment.workdir ?? null,
    storageMb: megabytes(environment.storage_mb, environment.storage) ?? DEFAULTS.storageMb,
    env: withDefaults(environment.env),
    healthcheck: check && {
      command: check.command,
      intervalSeconds: check.interval_sec,
      timeoutSeconds: check.timeout_sec,
      startSeconds: check.start_period_sec,
      retries: check.retries,
    },
  };
}

// The names of tools begin with that of their server, and every provider takes these letters.
function serversOf({ environment = {} }: TaskToml): Pick<Task, "mcpServers"> {
  const mcpServers = (environment.mcp_servers ?? []).map(({ name, command, args }) => ({
    name: name.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_SERVER_NAME),
    command: [command ?? "", ...(args ?? [])],
    env: {},
  }));
  return mcpServers.length === 0 ? {} : { mcpServers };
}

function stateOf({ verifier, solution }: TaskToml, hasSolution: boolean, passAt: number): StateGrading {
  return {
    tests: { folder: "/tests", path: TEST_SCRIPT, user: verifier?.user ?? null, env: withDefaults(verifier?.env) },
    result: "reward",
    passAt,
    solution: hasSolution ? { folder: "/solution", path: SOLUTION_SCRIPT, user: null, env: withDefaults(solution?.env) } : null,
  };
}

function tagsOf({ metadata = {} }: TaskToml): readonly string[] {
  const { tags, difficulty, category } = metadata;
  const listed: readonly unknown[] = Array.isArray(tags) ? tags : [];
  return [...new Set([...listed, difficulty, category].filter((tag): tag is string => typeof tag === "string" && tag !== ""))];
}

function folderOf(folder: Place, name: string): Unchanging {
  const place = placeInside(folder, name);
  return unchanging(shown(place.path), () => readFolder(place));
}
