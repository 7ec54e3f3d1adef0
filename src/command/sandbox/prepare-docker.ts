import { InfraError, UserError } from "../../core/errors.ts";
import { counted } from "../../core/format.ts";
import { layerKey } from "../../core/layer.ts";
import { printable } from "../../core/printable.ts";
import { type SandboxProvider, WORKSPACE } from "../../core/sandbox.ts";
import { dockerSandboxProvider } from "../../sandbox/docker/docker-provider.ts";
import { describeEngine, type Engine } from "../../sandbox/docker/engine.ts";
import { limitNotices, type MachineSize } from "../../sandbox/fitted-limits.ts";
import { dockerLayers } from "./agent-layers.ts";
import { asUserError, prepareEngine } from "./prepare-engine.ts";
import { prepareTrees, prepareWorkspaces, requirePython } from "./prepare-images.ts";
import type { PreparedSandboxes, TaskImages } from "./prepared-sandboxes.ts";

const RUNTIME_TEST_LIMITS = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 8, tmpMb: 8 };
// What old versions of gVisor fail at.
const RUNTIME_TEST = "stat / && ls -l /";

/** Prepares sandboxes on the Docker engine; throws UserError with what to do when they cannot be opened. */
export async function prepareDocker(
  runtime: string | null,
  { defaultImage, names, tasks = [], builds, agents = [], notify: notifyNow }: TaskImages,
): Promise<PreparedSandboxes> {
  const { engine, imageIds, unbuilt } = await prepareEngine(names, { base: defaultImage, builds, notify: notifyNow });
  const [image] = imageIds.keys();
  const [anyImage] = imageIds.values();
  const layers =
    agents.length > 0 && anyImage !== undefined ? await asUserError(() => dockerLayers(engine, anyImage, agents.map(layerKey))) : new Map();
  const machine = await engineSize(engine);
  const isTried = runtime !== null && image !== undefined;
  const ofRuntime = isTried ? await runtimeNotices(dockerSandboxProvider(engine, { image, runtime, runId: "runtime-test" }), runtime) : [];
  await requirePython(engine, { imageIds, defaultImage, tasks });
  const workspaceImages = await prepareWorkspaces(engine, { imageIds, defaultImage, tasks });
  const treeImages =
    runtime === null
      ? await prepareTrees(engine, { imageIds, defaultImage, tasks }, { workspaceImages, notify: notifyNow, signal: builds?.signal })
      : new Map();
  const common = { image: defaultImage, imageIds, workspaceImages, treeImages, layers, runtime, machine };
  return {
    imageIds,
    layers,
    notices: [...ofRuntime, ...limitNotices(tasks, machine), ...unbuiltNotices(unbuilt, tasks)],
    provider: (runId, notify) => withoutUnbuilt(dockerSandboxProvider(engine, { ...common, runId, notify }), unbuilt),
  };
}

async function engineSize(engine: Engine): Promise<MachineSize> {
  const { cpus, memoryMb } = await asUserError(() => describeEngine(engine));
  return { cpus, memoryMb };
}

// A task whose image cannot be built ends as an error by this reason, and the others go on.
function withoutUnbuilt(provider: SandboxProvider, unbuilt: ReadonlyMap<string, string>): SandboxProvider {
  if (unbuilt.size === 0) return provider;
  return {
    image: (name) => provider.image(name),
    open: async (request, signal) => {
      const reason = unbuilt.get(provider.image(request.image).name);
      if (reason !== undefined) throw new InfraError("task", reason);
      return provider.open(request, signal);
    },
  };
}

const MAX_NAMED = 10;

function unbuiltNotices(unbuilt: ReadonlyMap<string, string>, tasks: NonNullable<TaskImages["tasks"]>): readonly string[] {
  return [...unbuilt].map(([name, reason]) => {
    const users = tasks.filter(({ image }) => image === name).map(({ id }) => id);
    const named = `${users.slice(0, MAX_NAMED).join(", ")}${users.length > MAX_NAMED ? ", ..." : ""}`;
    return `${counted(users.length, "task")} (${printable(named, 300)}) will end as an error: ${reason}`;
  });
}

/**
 * Opens a sandbox under a runtime that the user asked for and returns a warning for each known problem of the runtime; throws UserError when none opens.
 *
 * @internal
 */
export async function runtimeNotices(sandboxes: SandboxProvider, runtime: string): Promise<readonly string[]> {
  try {
    const request = { image: null, limits: RUNTIME_TEST_LIMITS, purpose: "agent" } as const;
    const sandbox = await sandboxes.open(request, new AbortController().signal);
    try {
      const { exit } = await sandbox.run({ command: RUNTIME_TEST, cwd: WORKSPACE, env: {}, timeoutMs: 20_000, maxOutputBytes: 0 });
      if (exit.kind === "exited" && exit.code === 0) return [];
      return [
        `Runtime ${runtime}: the programs stat and ls fail under it, and so do solutions and tests that use them; a newer version may work.`,
      ];
    } finally {
      await sandbox.close();
    }
  } catch (error) {
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
}
